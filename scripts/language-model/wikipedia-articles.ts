import { splitParagraph } from './sentences.ts';

/** Pages about the encyclopedia itself, by their titles. */
const NO_ARTICLE =
  /^<doc [^>]*title="(?:Category|Draft|Help|MediaWiki|Module|Portal|Template|User|Wikipedia)(?: talk)?:/;
/** A line with fewer words is a heading or an item of a list. */
const LEAST_WORDS_OF_PARAGRAPH = 8;
const WORDS_OF_SENTENCE = { least: 3, most: 25 };
/**
 * A sentence that is whole: it begins and ends as one, and has none of the marks of formulas, tables and lost templates. Nor
 * has it digits, which mostly are dates that nobody would say so often.
 */
const WHOLE_SENTENCE = /^["“]?\p{Lu}[^<>{}[\]|=\\_*#\d]*[.!?]["”]?$/u;

/**
 * The sentences of articles as WikiExtractor writes them: `<doc … title="…">`, the title, paragraphs of a line each, `</doc>`.
 * What is in parentheses (dates, pronunciations, what templates left behind) is dropped.
 */
export function sentencesOfArticles(text: string): string[] {
  const sentences: string[] = [];
  let isArticle = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('<doc ')) isArticle = !NO_ARTICLE.test(line);
    else if (isArticle && wordCount(line) >= LEAST_WORDS_OF_PARAGRAPH) {
      sentences.push(...splitParagraph(plainText(line)).filter(isSayable));
    }
  }
  return sentences;
}

function isSayable(sentence: string): boolean {
  const words = wordCount(sentence);
  return words >= WORDS_OF_SENTENCE.least && words <= WORDS_OF_SENTENCE.most && WHOLE_SENTENCE.test(sentence);
}

function wordCount(text: string): number {
  return text.split(' ').length;
}

function plainText(line: string): string {
  return line
    .replace(/\([^()]*\)/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/&quot;/g, '"')
    .replace(/&(?:apos|prime);/g, "'")
    .replace(/&[mn]dash;/g, '-')
    .replace(/&amp;/g, '&')
    .replace(/\s+(?=[,.;:!?])/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
