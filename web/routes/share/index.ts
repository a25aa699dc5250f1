/** Door of the share page: alone, so that its first load carries nothing of the signed-in app. */
export { ShareApp, type ShareAppProps } from './share-app.tsx';
