// One question to one server over UDP: a socket of its own with a random port, connected so that the kernel drops what
// comes from elsewhere and reports ICMP refusals, and a random id. It neither repeats the question nor goes over to TCP.
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { encodeQuery, judgeAnswer, type Question } from '../../protocol/dns-message.js';
import type { Nameserver } from '../../protocol/options.js';
import { type Asked, exchange, noAnswer, type Reply } from './exchange.js';

export function askUdp(server: Nameserver, question: Question): Asked<Reply> {
  return exchange((settle) => {
    const id = randomInt(0x10000);
    const socket = createSocket(server.address.includes(':') ? 'udp6' : 'udp4');
    socket.on('error', (error) => settle(noAnswer(error)));
    socket.on('message', (bytes) => {
      const judgement = judgeAnswer(bytes, question, id);
      // Whoever guesses may send anything: only what answers this question ends the wait.
      if (judgement.kind !== 'invalid') settle(judgement);
    });
    socket.on('connect', () => {
      socket.send(encodeQuery(question, id), (error) => {
        if (error !== null) settle(noAnswer(error));
      });
    });
    socket.connect(server.port, server.address);
    return () => socket.close();
  });
}
