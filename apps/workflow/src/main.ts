import 'reflect-metadata';
import { startService } from '@anamnesis/service';
import { workflowService } from './service.js';

await startService(workflowService());
