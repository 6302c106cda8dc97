// Light and dark: as the system says, or as chosen in this browser.

export type Theme = 'system' | 'light' | 'dark';

const KEPT_AS = 'tcproute-theme';

export function keptTheme(): Theme {
  const kept = localStorage.getItem(KEPT_AS);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export function keepTheme(theme: Theme): void {
  localStorage.setItem(KEPT_AS, theme);
}

export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
