/** The names of the people in the demonstration's data. */
export const names = [
  "Ada Bergström",
  "Bayu Santoso",
  "Chiara Ricci",
  "Dmitri Volkov",
  "Emeka Obi",
  "Farah Aziz",
  "Greta Lindqvist",
  "Hana Kobayashi",
  "Ines Duarte",
  "Jonas Weber",
  "Kavya Rao",
  "Liam O'Connor",
  "Mei Tanaka",
  "Noor Haddad",
  "Oskar Nowak",
  "Putri Wulandari",
  "Quinn Archer",
  "Rosa Jiménez",
  "Sven Halvorsen",
  "Tala Reyes",
  "Uma Patel",
  "Viktor Kovács",
  "Wira Pratama",
  "Yara Mendes",
] as const;

/** Titles of posts. One contains markup, because readers may write that in a title. */
export const titles = [
  "Moving our cron jobs out of the web process",
  "A week with SQLite in production",
  "What we log, and what we no longer log",
  "Backups are only as good as the last restore",
  "Why the nightly report ran twice in October",
  "Fish & chips: notes from the team trip",
  "Reading query plans for beginners",
  "Escaping <b> in titles, once and for all",
  "Small commands beat big daemons",
  "How we time out slow partners",
  "Three ways to write an idempotent job",
  "Mail that arrives",
] as const;

/** Texts of posts. */
export const bodies = [
  "We moved the last job last Friday. Nothing happened, which is exactly what we wanted to see.",
  "The short version: turn on WAL, set a busy timeout, and measure before you believe anyone, us included.",
  "Every line should answer a question somebody has really asked at three in the morning.",
  "We restore one backup every month, on another machine, with the clock running.",
  "The hour between two and three exists twice a year, or not at all. Our job ran in both.",
] as const;
