import 'reflect-metadata';
import { startService } from '@anamnesis/service';
import { compileTranslation } from './lineage/compileTranslation.js';
import { auditService } from './service.js';

await startService(auditService({ compile: compileTranslation }));
