// What stands around the views: the way between them, the language, the colours, whether the gateway answers, and the question for
// a token. It makes a view when its address is opened, and stops it when another one is.
import { Api } from '../api/client.js';
import { EventStream } from '../api/stream.js';
import { el, fill } from '../dom/element.js';
import { Notices } from '../dom/notices.js';
import { keepLanguage, type Language, language, setLanguage, text } from '../text/language.js';
import { Live } from '../view/live.js';
import { choice, type View } from '../view/view.js';
import { signIn } from '../views/sign-in.js';
import { applyTheme, keepTheme, keptTheme, type Theme } from './theme.js';
import { placeOf, VIEWS } from './views.js';

const KINDS = ['traffic', 'log'];

export class Shell {
  readonly #body: HTMLElement;
  readonly #api = new Api();
  readonly #live = new Live();
  readonly #place = el('div', { class: 'place' });
  #notices = new Notices();
  #view: View | undefined;
  #stream: EventStream | undefined;
  #state = el('p');
  #nav = el('nav');
  #isReached = true;
  #wantsToken = false;

  constructor(body: HTMLElement) {
    this.#body = body;
  }

  start(): void {
    this.#api.onToken = () => this.#askToken();
    this.#api.onReach = (isReached) => {
      this.#isReached = isReached;
      this.#drawState();
    };
    this.#live.watch(() => this.#drawState());
    window.addEventListener('hashchange', () => this.#open(true));
    this.#draw();
    this.#open(false);
    this.#listen();
  }

  #listen(): void {
    this.#stream?.stop();
    this.#stream = new EventStream(this.#api, KINDS, this.#live);
  }

  /** The frame of the page, in the language that is set. */
  #draw(): void {
    this.#notices = new Notices();
    this.#state = el('p', { class: 'reach', role: 'status' });
    const links = VIEWS.map(({ name, title }) =>
      el('li', {}, el('a', { href: `#/${name}`, 'data-view': name }, text(title))),
    );
    this.#nav = el('nav', { id: 'ways', 'aria-label': text('views') }, el('ul', {}, ...links));
    const menu = el(
      'button',
      { type: 'button', class: 'menu', 'aria-expanded': 'false', 'aria-controls': 'ways' },
      text('menu'),
    );
    menu.addEventListener('click', () => {
      const isOpen = this.#nav.classList.toggle('open');
      menu.setAttribute('aria-expanded', String(isOpen));
    });
    this.#nav.addEventListener('click', () => {
      this.#nav.classList.remove('open');
      menu.setAttribute('aria-expanded', 'false');
    });
    fill(
      this.#body,
      el('a', { class: 'skip', href: '#view', onclick: (event) => this.#skip(event) }, text('skip')),
      el(
        'header',
        { class: 'top' },
        el(
          'p',
          { class: 'brand' },
          el('img', { src: 'dashboard/icon.svg', alt: '', width: 22, height: 22 }),
          'TcpRoute',
        ),
        menu,
        this.#nav,
        el('div', { class: 'settings' }, this.#state, this.#languages(), this.#themes()),
      ),
      this.#place,
      this.#notices.element,
    );
    this.#drawState();
  }

  /** The address names the view, so a link within it must not change it. */
  #skip(event: Event): void {
    event.preventDefault();
    this.#place.querySelector('h1')?.focus();
  }

  #languages(): HTMLElement {
    const languages = choice(
      [
        ['en', 'English'],
        ['zh', '中文'],
      ],
      language(),
    );
    languages.setAttribute('aria-label', 'Language 语言');
    languages.addEventListener('change', () => {
      const wanted = languages.value as Language;
      keepLanguage(wanted);
      setLanguage(wanted);
      this.#draw();
      this.#open(false);
      this.#body.querySelector<HTMLElement>('.settings select')?.focus();
    });
    return languages;
  }

  #themes(): HTMLElement {
    const themes = choice(
      [
        ['system', text('theme-system')],
        ['light', text('theme-light')],
        ['dark', text('theme-dark')],
      ],
      keptTheme(),
    );
    themes.setAttribute('aria-label', text('theme'));
    themes.addEventListener('change', () => {
      keepTheme(themes.value as Theme);
      applyTheme(themes.value as Theme);
    });
    return themes;
  }

  #drawState(): void {
    const isLive = this.#isReached && this.#live.isOpen;
    const said = this.#wantsToken
      ? text('token-wanted')
      : isLive
        ? text('reach-live')
        : this.#isReached
          ? text('reach-waits')
          : text('reach-away');
    this.#state.className = `reach ${isLive ? 'live' : this.#isReached ? 'waits' : 'away'}`;
    if (this.#state.textContent !== said) this.#state.textContent = said;
  }

  /** `byHand`: somebody has gone there, so the focus follows. */
  #open(byHand: boolean): void {
    if (this.#wantsToken) return;
    this.#view?.stop();
    const { view, rest } = placeOf(location.hash);
    this.#view = view.make({ api: this.#api, notices: this.#notices, live: this.#live }, rest);
    fill(this.#place, this.#view.element);
    document.title = `${text(view.title)} · TcpRoute`;
    for (const link of this.#nav.querySelectorAll('a')) {
      if (link.dataset['view'] === view.name) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    if (!byHand) return;
    window.scrollTo(0, 0);
    this.#place.querySelector('h1')?.focus();
  }

  #askToken(): void {
    if (this.#wantsToken) return;
    this.#wantsToken = true;
    this.#view?.stop();
    this.#stream?.stop();
    const isWrong = this.#api.hasToken();
    this.#api.keepToken(undefined);
    this.#view = signIn(isWrong, (token) => {
      this.#api.keepToken(token);
      this.#wantsToken = false;
      this.#open(true);
      this.#listen();
    });
    fill(this.#place, this.#view.element);
    document.title = 'TcpRoute';
    this.#drawState();
    this.#place.querySelector('input')?.focus();
  }
}
