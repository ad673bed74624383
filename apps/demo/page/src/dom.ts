/** The element with this id, of this kind. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

/** A new element; text is always text, never markup. */
export function element(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}

/** Shows or hides, for everybody: what is hidden is out of the tab order and of the accessibility tree too. */
export function show(target: HTMLElement, visible: boolean): void {
  target.hidden = !visible;
}

/** Tells a person how something went, beside the thing they did. */
export function answer(target: HTMLElement, kind: 'done' | 'refused', text: string): void {
  target.className = `answer ${kind}`;
  target.textContent = text;
  target.hidden = false;
}

/** Runs something slow with its button out of use, so that it is not done twice. */
export async function busy<T>(button: HTMLButtonElement, work: () => Promise<T>): Promise<T> {
  button.disabled = true;
  button.setAttribute('aria-busy', 'true');
  try {
    return await work();
  } finally {
    button.disabled = false;
    button.removeAttribute('aria-busy');
  }
}
