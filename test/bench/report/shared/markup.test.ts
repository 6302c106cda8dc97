import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markup } from '../../../../bench/report/shared/markup.js';

test('what is put in is escaped, in a text and in an attribute', () => {
  const name = `<b a="1" c='2'>&amp;`;
  assert.equal(
    markup`<p title="${name}">${name}</p>`.text,
    '<p title="&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;">&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;</p>',
  );
});

test('markup stays, lists are joined, nothing is left out, and numbers are short', () => {
  const items = ['a', '<'].map((item) => markup`<li>${item}</li>`);
  assert.equal(
    markup`<ul>${items}${undefined}${1 / 3}${Number.NaN}</ul>`.text,
    '<ul><li>a</li><li>&lt;</li>0.330</ul>',
  );
});

test('characters that hide or turn a text are replaced', () => {
  assert.equal(markup`${'a\u0000b\u001bc\u202ed\u2066e\u0085'}`.text, 'a\ufffdb\ufffdc\ufffdd\ufffde\ufffd');
  assert.equal(markup`${'线路 é\t\n'}`.text, '线路 é  ');
});
