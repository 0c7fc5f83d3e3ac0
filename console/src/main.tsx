import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { showTheme } from './parts/theme.ts';
import './styles/base.css';
import './styles/parts.css';
import './styles/screens.css';
import { currentLanguage, setLanguage } from './text/language.ts';

showTheme();
setLanguage(currentLanguage());
const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
