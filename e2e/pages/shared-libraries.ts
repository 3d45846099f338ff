/** What the page of a library set runs on; `@…` and bare names are those of the set (library-set.ts). */
import * as reactDomClient from 'react-dom/client';
import { SHARED_MODULES } from '../../workbench/src/page/host/shared-modules';

Object.assign(globalThis, { libraries: { ...SHARED_MODULES, 'react-dom/client': reactDomClient } });
