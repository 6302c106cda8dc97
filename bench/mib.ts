// Memory is measured in KiB; what is large is told in MiB.
const KIB_PER_MIB = 1024;

export const mibOf = (kib: number): number => kib / KIB_PER_MIB;
