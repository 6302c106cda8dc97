// Places in the admin API that are no list.
export const STATUS_PATH = '/api/v1/status';
/** Events as they happen. */
export const EVENTS_PATH = '/api/v1/events';
/** What would become of a connection. */
export const TEST_PATH = '/api/v1/rules/test';
/** The gateways of the site, and what is shared with them. */
export const FLEET_PATH = '/api/v1/fleet';
