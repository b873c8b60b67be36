import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './styles/base.css';
import './styles/layout.css';
import './styles/panels.css';
import './styles/scenarios.css';

const root = document.querySelector('#root');
if (root) createRoot(root).render(<App />);
