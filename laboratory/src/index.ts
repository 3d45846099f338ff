export { canRunLaboratory, type Feasibility } from './feasibility';
export {
  askWire,
  startLaboratory,
  type Laboratory,
  type LaboratoryHost,
  type LaboratoryOptions,
  type LaboratoryPod,
  type WorkingWire,
} from './laboratory';
export { LaboratoryError } from './laboratory-error';
export { collectorArguments, writeOwners, type CollectorPlace, type NicOwnerEntry } from './collector-setup';
export { type Dropped, type DropReason } from './wire/dropped';
export { type Fault, type FaultChange } from './wire/fault';
export { type RequestMade } from './services/request-made';
