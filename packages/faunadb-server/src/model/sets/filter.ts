import { wrongType } from '../../values/errors.js';
import { objectOf } from '../../values/objects.js';
import { at, type Position } from '../../values/position.js';
import type { Lambda, ObjectValue, SetValue } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { DerivedSet } from './derived.js';
import { type Element, type ElementRange, elementValue, type ModelSet, visible } from './set.js';

/** The elements of a set for which a lambda returns true. */
export function filterSet(set: SetValue, lambda: Lambda, position: Position | undefined): SetValue {
  return new FilterSet(set as ModelSet, lambda, position);
}

class FilterSet extends DerivedSet {
  constructor(
    source: ModelSet,
    readonly lambda: Lambda,
    readonly position: Position | undefined,
  ) {
    super(source);
  }

  override parts(): ObjectValue {
    return objectOf({ filter: this.lambda, collection: this.source });
  }

  override *elements(context: ModelContext, range: ElementRange): Generator<Element> {
    const place = at(this.position, 'filter');
    for (const element of visible(context, this.source, range)) {
      const holds = context.apply(this.lambda, elementValue(element), place);
      if (typeof holds !== 'boolean') throw wrongType(['Boolean'], holds, place);
      if (holds) yield element;
    }
  }

  protected override over(source: ModelSet): ModelSet {
    return new FilterSet(source, this.lambda, this.position);
  }
}
