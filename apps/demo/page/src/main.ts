import { Database, explain } from './database.js';
import { answer, busy, byId, show } from './dom.js';
import { IdentityCard } from './identity.js';
import { forget, record } from './journal.js';
import { OldTokens } from './old-tokens.js';
import { Posts } from './posts.js';
import { currentSession, enter, logOut, refresh, startSession, type Token } from './session.js';
import './style.css';

const { faunadbUrl } = await (await fetch('/config.json')).json();
const database = new Database(faunadbUrl, record);
const identity = new IdentityCard(database);
const posts = new Posts(database);
const oldTokens = new OldTokens(database);

/** How long to wait before retrying after a failure, in milliseconds. */
const RETRY_PAUSE = 2_000;

/** The session that the page shows: undefined at the start, null while nobody is logged in. */
let shown: { token: Token | undefined } | null | undefined;
/** Whether all of its data could be read. */
let complete = false;
let following = Promise.resolve();

startSession(follow);
follow();
// A suspended tab may have missed changes in another tab.
document.addEventListener('visibilitychange', follow);

/** Updates the page to match the session, one change at a time. */
function follow(): void {
  following = following.then(catchUp).catch((error: unknown) => {
    complain(error, 'This page keeps retrying.');
    setTimeout(follow, RETRY_PAUSE);
  });
}

async function catchUp(): Promise<void> {
  const before = shown;
  const session = (await currentSession()) ?? null;
  const isSame = before !== undefined && session?.token?.secret === before?.token?.secret && !session === !before;
  if (isSame && complete) return;
  shown = session;
  complete = false;
  if (!isSame) showSession(session, before);
  if (session !== null) await Promise.all([identity.read(), posts.areRead ? undefined : posts.read()]);
  complete = true;
  show(byId('banner'), false);
}

function showSession(session: NonNullable<typeof shown> | null, before: typeof shown): void {
  if (before?.token) oldTokens.watch(before.token, session === null ? 'after the log-out' : 'after the refresh');
  for (const id of ['pitch', 'login-form']) show(byId(id), session === null);
  for (const id of ['desk', 'identity', 'journal-card']) show(byId(id), session !== null);
  // The focused element may be hidden now: move the focus, so that keyboard users do not start again at the top.
  if (before !== undefined && !session !== !before) byId(session === null ? 'login-name' : 'post-text').focus();
  if (session === null) {
    posts.clear();
    forget();
  } else identity.showToken(session.token);
}

const loginForm = byId<HTMLFormElement>('login-form');
loginForm.addEventListener('submit', (event) => {
  event.preventDefault();
  const button = event.submitter as HTMLButtonElement;
  const fields = new FormData(loginForm);
  const message = byId('login-answer');
  show(message, false);
  busy(button, () =>
    enter(button.value as 'login' | 'signup', String(fields.get('name')), String(fields.get('password'))),
  )
    .then(() => loginForm.reset())
    .catch((error: unknown) => answer(message, 'refused', explain(error)));
});

for (const [id, act] of Object.entries({ refresh, 'log-out': logOut })) {
  const button = byId<HTMLButtonElement>(id);
  button.addEventListener('click', () => void busy(button, act).catch(complain));
}

function complain(error: unknown, more = ''): void {
  const banner = byId('banner');
  banner.textContent = `${explain(error)} ${more}`.trim();
  show(banner, true);
}
