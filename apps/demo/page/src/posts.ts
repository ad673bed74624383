import { type Database, explain, type Post } from './database.js';
import { answer, busy, byId, element, show } from './dom.js';

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** The form to write a post and the list of all posts. Both use the database directly. */
export class Posts {
  readonly #database: Database;
  readonly #form = byId<HTMLFormElement>('post-form');
  readonly #text = byId<HTMLTextAreaElement>('post-text');
  readonly #answer = byId('post-answer');
  #areRead = false;

  constructor(database: Database) {
    this.#database = database;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      const button = event.submitter as HTMLButtonElement;
      void this.#attempt(button, () => this.#submit(button.value));
    });
    this.#text.addEventListener('input', () => this.#count());
    const reload = byId<HTMLButtonElement>('reload-posts');
    reload.addEventListener('click', () => void this.#attempt(reload, () => this.read()));
  }

  /** Whether posts have been read for this user. */
  get areRead(): boolean {
    return this.#areRead;
  }

  /** Reads the newest posts and shows them. */
  async read(): Promise<void> {
    const posts = await this.#database.newestPosts();
    byId('posts').replaceChildren(...posts.map((post) => this.#item(post)));
    this.#areRead = true;
  }

  /** Clears what the last user saw. */
  clear(): void {
    this.#areRead = false;
    byId('posts').replaceChildren();
    this.#form.reset();
    this.#count();
    show(this.#answer, false);
  }

  async #submit(author: string): Promise<void> {
    const text = this.#text.value.trim() || (author === 'me' ? '' : 'These are not my words.');
    if (text === '') return answer(this.#answer, 'refused', 'Write something first.');
    if (author !== 'me') return this.#database.writeAs(author, text);
    await this.#database.write(text);
    this.#text.value = '';
    this.#count();
    answer(this.#answer, 'done', 'Written. FaunaDB let you, because the author is you.');
    await this.read();
  }

  #item(post: Post): HTMLElement {
    const button = element('button', 'quiet', post.mine ? 'Delete' : 'Try to change it') as HTMLButtonElement;
    button.type = 'button';
    button.setAttribute('aria-label', `${button.textContent}: “${post.text}”`);
    button.addEventListener('click', () => void this.#attempt(button, () => this.#act(post)));
    const time = element('time', '', ago(post.writtenAt));
    time.title = post.writtenAt.toLocaleString();
    const author = post.mine ? `${post.author} (you)` : post.author;
    return element(
      'li',
      post.mine ? 'mine' : '',
      element('span', 'avatar', post.author.slice(0, 1)),
      element('div', '', element('p', 'by', element('b', '', author), ' ', time), element('p', 'text', post.text)),
      button,
    );
  }

  async #act(post: Post): Promise<void> {
    if (!post.mine) return this.#database.change(post.ref, 'Somebody else changed this.');
    await this.#database.remove(post.ref);
    await this.read();
  }

  async #attempt(button: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
    show(this.#answer, false);
    await busy(button, work).catch((error: unknown) => {
      answer(this.#answer, 'refused', explain(error));
      this.#answer.scrollIntoView({ block: 'nearest' });
    });
  }

  #count(): void {
    byId('post-count').textContent = String(this.#text.maxLength - this.#text.value.length);
  }
}

function ago(time: Date): string {
  const minutes = Math.round((time.getTime() - Date.now()) / 60_000);
  if (minutes === 0) return 'now';
  if (minutes > -60) return relative.format(minutes, 'minute');
  if (minutes > -60 * 24) return relative.format(Math.round(minutes / 60), 'hour');
  return relative.format(Math.round(minutes / 60 / 24), 'day');
}
