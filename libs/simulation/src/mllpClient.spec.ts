import { createServer, type Server } from 'node:net';
import { createMllpClient, parseAcknowledgement } from './mllpClient.js';

const listen = (server: Server): Promise<number> =>
  new Promise(resolve =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );

describe('the MLLP client', () => {
  it('puts an answer together however the receiver splits it', async () => {
    const server = createServer(socket => {
      socket.on('data', () => {
        const answer = Buffer.from('\x0bMSH|^~\\&|A|||||||R1\rMSA|AA|C1|taken\r\x1c\r');
        for (const byte of answer) socket.write(Buffer.of(byte));
      });
    });
    const client = createMllpClient({ host: '127.0.0.1', port: await listen(server) });
    const ack = parseAcknowledgement(await client.send(Buffer.from('MSH|')));
    expect(ack).toEqual({ code: 'AA', controlId: 'C1', answerId: 'R1', condition: '', text: 'taken' });
    client.close();
    server.close();
  });

  it('says that the outcome is unknown when the receiver hangs up, and connects again for the next try', async () => {
    let calls = 0;
    const server = createServer(socket => {
      socket.on('data', () => {
        calls += 1;
        if (calls === 1) socket.destroy();
        else socket.write('\x0bMSH|^~\\&|A\rMSA|AA|C1\r\x1c\r');
      });
    });
    const client = createMllpClient({ host: '127.0.0.1', port: await listen(server) });
    await expect(client.send(Buffer.from('MSH|'))).rejects.toThrow('before it answered');
    expect(parseAcknowledgement(await client.send(Buffer.from('MSH|'))).code).toBe('AA');
    client.close();
    server.close();
  });

  it('reads the error of both ERR forms', () => {
    const since25 = parseAcknowledgement(
      Buffer.from('MSH|^~\\&|\rMSA|AR|C\rERR||MSH^1^11|202^Unsupported processing id^HL70357|E'),
    );
    expect(since25.condition).toBe('202');
    const before25 = parseAcknowledgement(
      Buffer.from('MSH|^~\\&|\rMSA|AE|C\rERR|PID^1^3^101&Required field missing'),
    );
    expect(before25.code).toBe('AE');
  });
});
