import { createNodeTransport } from '../../reader/transport.ts';
import { transportContract } from './transport.ts';

transportContract('the reader on Node', createNodeTransport);
