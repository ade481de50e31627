/** A small trigram model with made-up numbers; "b a" has a back-off weight and nothing that follows it. */
export const TINY_ARPA = `\\data\\
ngram 1=6
ngram 2=5
ngram 3=3

\\1-grams:
-2.5\t<unk>
-99\t<s>\t-0.4
-0.9\t</s>
-0.6\ta\t-0.3
-0.8\tb\t-0.2
-1.1\tçà

\\2-grams:
-0.2\t<s> a\t-0.15
-0.5\ta b\t-0.25
-0.7\tb a\t0.05
-0.3\tb </s>
-0.45\ta çà

\\3-grams:
-0.1\t<s> a b
-0.35\ta b a
-0.15\ta b </s>

\\end\\
`;
