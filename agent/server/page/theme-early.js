// Runs before the first paint, so that a chosen theme does not flash.
try {
  const theme = localStorage.getItem('earshot.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
} catch {
  // The browser keeps nothing for this page, so that nothing was chosen.
}
