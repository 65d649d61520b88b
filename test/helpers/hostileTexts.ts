/** Texts that a shell, an option parser or a line reader would take for more than a value, by what they try. */
export const hostileTexts = {
  substitution: "$(touch pwned)",
  backticks: "`touch pwned`",
  sequence: "a; touch pwned",
  "sequence out of quotes": '"; touch pwned; "',
  "single quotes": "a'; touch pwned; '",
  "and-list": "a && touch pwned",
  pipe: "a | touch pwned",
  redirection: "a > pwned",
  "line break": "a\ntouch pwned",
  variable: "${IFS}touch${IFS}pwned",
  "short option": "-x",
  "long option": "--help",
} as const;
