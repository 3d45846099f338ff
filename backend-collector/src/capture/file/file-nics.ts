/**
 * The NICs of one or more capture files. Two interfaces with the same name, namespace and link type are the same NIC, so that a
 * rotated capture stays one capture.
 */
import { type Nic } from '../packet-source';

export class FileNics {
  readonly nics: Nic[] = [];

  /** Index of the NIC, added where it is new. */
  idOf(nic: Nic): number {
    const known = this.nics.findIndex(
      (n) => n.name === nic.name && n.netns === nic.netns && n.linkType === nic.linkType && n.ifIndex === nic.ifIndex
    );
    if (known >= 0) {
      return known;
    }
    this.nics.push(nic);
    return this.nics.length - 1;
  }
}
