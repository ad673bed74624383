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

/** Shows or hides an element, also for the tab order and the accessibility tree. */
export function show(target: HTMLElement, visible: boolean): void {
  target.hidden = !visible;
}

/** Shows the result of an action beside it. */
export function answer(target: HTMLElement, kind: 'done' | 'refused', text: string): void {
  target.className = `answer ${kind}`;
  target.textContent = text;
  target.hidden = false;
}

/** Runs something slow with its button disabled, so that it is not done twice. */
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
