import 'reflect-metadata';
import { startService } from '@anamnesis/service';
import { identityService } from './service.js';

await startService(identityService);
