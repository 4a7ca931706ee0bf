// Formats a GraphQL document with GraphQL.js's printer. The printer drops comments, so they are put back: it keeps the
// order of the tokens, and each comment returns to the token before which, or behind which on the line, it stood.

import { Lexer, Source, TokenKind, parse, print } from "../vendor/codemirror-graphql.js";

const STEP = "  ";
const CLOSING = new Set([TokenKind.BRACE_R, TokenKind.PAREN_R, TokenKind.BRACKET_R]);

// Throws a GraphQLError if the text is not a complete document.
export function format(text) {
  const printed = print(parse(text));
  const before = lex(text);
  if (!before.some(isComment)) return `${printed}\n`;
  const after = lex(printed);
  const formatted = insert(printed, placed(text, before, printed, after));
  if (print(parse(formatted)) !== printed) throw new Error("The comments cannot be kept in the formatted operation.");
  return `${formatted}\n`;
}

// The place in `after` with as many significant characters before it as `place` has in `before`.
export function samePlace(before, place, after) {
  const significant = (text) => text.replaceAll(/[\s,]/g, "").length;
  let left = significant(before.slice(0, place));
  let at = 0;
  for (; at < after.length && left > 0; at += 1) left -= significant(after[at]);
  return at;
}

const isComment = (token) => token.kind === TokenKind.COMMENT;

// All tokens in order, comments included, from <SOF> to <EOF>.
function lex(text) {
  const lexer = new Lexer(new Source(text));
  const tokens = [lexer.token];
  while (lexer.advance().kind !== TokenKind.EOF);
  while (tokens.at(-1).next) tokens.push(tokens.at(-1).next);
  return tokens;
}

// Returns [{at, text}, …]: what to insert into the printed document, and where.
function placed(text, before, printed, after) {
  const insertions = [];
  let next = 0; // the printed token that the source token at hand became
  for (const token of before) {
    if (isComment(token)) {
      const comment = `#${token.value}`;
      const behind = next > 1 && token.prev.line === token.line && endsLine(printed, after, next - 1);
      if (behind) insertions.push({ at: after[next - 1].end, text: ` ${comment}` });
      else insertions.push(ownLine(printed, after, next, comment));
    } else if (token.value !== "query" || after[next].kind !== TokenKind.BRACE_L) {
      next += 1; // the printer leaves out the `query` of an anonymous query
    }
  }
  return insertions;
}

function endsLine(printed, tokens, index) {
  const gap = printed.slice(tokens[index].end, tokens[index + 1].start);
  return gap.includes("\n") || tokens[index + 1].kind === TokenKind.EOF;
}

// Above the line of the token; a block string may begin further up, and is not cut in two.
function ownLine(printed, tokens, index, comment) {
  const token = tokens[index];
  if (token.kind === TokenKind.EOF) return { at: printed.length, text: `\n\n${comment}` };
  let first = index;
  let start = lineStart(printed, token.start);
  while (tokens[first - 1].end > start) {
    first -= 1;
    start = lineStart(printed, tokens[first].start);
  }
  const indent = " ".repeat(tokens[first].start - start) + (CLOSING.has(tokens[first].kind) ? STEP : "");
  return { at: start, text: `${indent}${comment}\n` };
}

const lineStart = (text, at) => text.lastIndexOf("\n", at - 1) + 1;

function insert(text, insertions) {
  let result = "";
  let done = 0;
  for (const { at, text: inserted } of insertions.sort((a, b) => a.at - b.at)) {
    result += text.slice(done, at) + inserted;
    done = at;
  }
  return result + text.slice(done);
}
