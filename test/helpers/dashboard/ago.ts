// Times of a scene, as the API tells them.

const NOW = Date.now();

export const ago = (s: number): string => new Date(NOW - s * 1000).toISOString();
