import { startService } from '@anamnesis/service';
import { recordsService } from './service.js';

await startService(recordsService());
