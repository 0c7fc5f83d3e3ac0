/** Language and theme, on every page. */
import { defineText, useText } from '../text/define-text.ts';
import { setLanguage, useLanguage } from '../text/language.ts';
import { setTheme, useTheme } from './theme.ts';

const text = defineText(
  { settings: 'Page settings', dark: 'Dark', light: 'Light' },
  { settings: '화면 설정', dark: '어둡게', light: '밝게' },
);

export function PageSettings() {
  const { settings, dark, light } = useText(text);
  const language = useLanguage();
  const theme = useTheme();
  return (
    <fieldset className="page-settings" aria-label={settings}>
      <button
        type="button"
        className="quiet"
        lang={language === 'ko' ? 'en' : 'ko'}
        onClick={() => setLanguage(language === 'ko' ? 'en' : 'ko')}
      >
        {language === 'ko' ? 'English' : '한국어'}
      </button>
      <button type="button" className="quiet" onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}>
        {theme === 'dark' ? light : dark}
      </button>
    </fieldset>
  );
}
