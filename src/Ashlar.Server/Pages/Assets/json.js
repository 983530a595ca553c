// Where JSON is wrong: browsers tell that in different words, or not at all.

/** Line, column and reason of the first fault of a text; null where it is JSON. */
export function faultOf(text) {
  let at = 0;
  const fail = reason => { throw { at, reason }; };
  const skip = () => { while (' \t\n\r'.includes(text[at] || '!')) at++; };
  const take = (pattern, reason) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) fail(at >= text.length ? 'the text ends too early' : reason);
    at += match[0].length;
  };
  const string = reason => {
    take(/"/y, reason);
    while (text[at] !== '"') {
      if (at >= text.length) fail('a string has no end');
      if (text[at] < ' ') fail('a string breaks its line; write \\n');
      if (text[at] === '\\') take(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y, 'this is no escape');
      else at++;
    }
    at++;
  };
  const items = (end, one) => {
    at++;
    skip();
    if (text[at] === end) return at++;
    for (;;) {
      one();
      skip();
      if (text[at] === end) return at++;
      take(/,/y, `a comma or ${end} is missing`);
      skip();
    }
  };
  const value = depth => {
    if (depth > 200) fail('this is nested too deeply');
    skip();
    if (text[at] === '{') {
      items('}', () => {
        string('a name in quotes is missing');
        skip();
        take(/:/y, 'a colon is missing');
        value(depth + 1);
      });
    } else if (text[at] === '[') items(']', () => value(depth + 1));
    else if (text[at] === '"') string('');
    else take(/(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y, 'this is no JSON value');
  };
  try {
    value(0);
    skip();
    if (at < text.length) fail('there is something after the end');
    return null;
  } catch (fault) {
    if (fault instanceof Error) throw fault;
    const before = text.slice(0, fault.at).split('\n');
    return { line: before.length, column: before.at(-1).length + 1, reason: fault.reason };
  }
}
