/**
 * `env` for a program whose messages are read here: they come in English. The characters of names stay those of the
 * user's locale, because no locale with UTF-8 is there on every system.
 */
export function englishMessages({ LC_ALL, ...others }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const env = { ...others, LC_MESSAGES: 'C' }; // it makes gettext look past LANGUAGE as well
  // LC_ALL would win over LC_MESSAGES
  return LC_ALL === undefined || LC_ALL === '' ? env : { ...env, LC_CTYPE: LC_ALL };
}
