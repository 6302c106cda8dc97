// What the dashboard reads of the API is what the API's own schemas say: this file does not compile where they differ.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Static, TSchema } from 'typebox';
import type { FleetState } from '../../dashboard/api/fleet-shapes.js';
import type { FlowList } from '../../dashboard/api/flow-shapes.js';
import type * as Read from '../../dashboard/api/shapes.js';
import { Bad } from '../../src/workers/admin/api/bad-addresses/bad-addresses.js';
import { Values } from '../../src/workers/admin/api/configuration/configuration.js';
import { Closed, Detailed, Page } from '../../src/workers/admin/api/connections/schemas.js';
import { Explained, Known as KnownName, Statistics } from '../../src/workers/admin/api/dns/schemas.js';
import { Fleet } from '../../src/workers/admin/api/fleet/schemas.js';
import { Page as FlowPage } from '../../src/workers/admin/api/flows/schemas.js';
import { LineState, Lines } from '../../src/workers/admin/api/lines/schemas.js';
import { Known, List } from '../../src/workers/admin/api/routes/schemas.js';
import { Tested } from '../../src/workers/admin/api/rules/rules.js';
import { Status } from '../../src/workers/admin/api/status/status.js';

/** `Shape` can be read from every answer that meets the schema. */
const readsFrom = <Shape>(schema: TSchema & { readonly type?: unknown }, read: (told: Shape) => void): void => {
  assert.equal(schema.type, 'object');
  assert.equal(typeof read, 'function');
};

test('what the page reads is what the API tells', () => {
  readsFrom<Static<typeof Page>>(Page, (told) => told satisfies Read.ConnectionList);
  readsFrom<Static<typeof Detailed>>(Detailed, (told) => told satisfies Read.ConnectionDetail);
  readsFrom<Static<typeof Closed>>(Closed, (told) => told satisfies Read.Closed);
  readsFrom<Static<typeof Lines>>(Lines, (told) => told satisfies { readonly lines: readonly Read.LineState[] });
  readsFrom<Static<typeof LineState>>(LineState, (told) => told satisfies Read.LineState);
  readsFrom<Static<typeof List>>(List, (told) => told satisfies Read.DestinationList);
  readsFrom<Static<typeof Known>>(Known, (told) => told satisfies Read.DestinationDetail);
  readsFrom<Static<typeof Status>>(Status, (told) => told satisfies Read.Status);
  readsFrom<Static<typeof Values>>(Values, (told) => told satisfies Read.ConfigurationKey);
  readsFrom<Static<typeof Tested>>(Tested, (told) => told satisfies Read.RuleTest);
  readsFrom<Static<typeof Bad>>(Bad, (told) => told satisfies Read.BadAddress);
  readsFrom<Static<typeof Statistics>>(Statistics, (told) => told satisfies Read.DnsState);
  readsFrom<Static<typeof KnownName>>(KnownName, (told) => told satisfies Read.KeptName);
  readsFrom<Static<typeof Fleet>>(Fleet, (told) => told satisfies FleetState);
  readsFrom<Static<typeof FlowPage>>(FlowPage, (told) => told satisfies FlowList);
  readsFrom<Static<typeof Explained>>(Explained, (told) => told satisfies Read.AskedName);
});
