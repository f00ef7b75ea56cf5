import { mapping } from "./compose-mapping.ts";
import type { ComposeProject, ComposeService } from "./compose-file.ts";
import type { ComposeForm } from "./compose-form.ts";
import type { Note } from "./system.ts";

/** Fields that are translated. */
const translated: ReadonlySet<string> = new Set(
  "image build command entrypoint environment env_file ports expose volumes depends_on healthcheck profiles links scale restart stop_grace_period cap_add extends secrets".split(
    " ",
  ),
);

const translatedOfDeploy: ReadonlySet<string> = new Set(["replicas", "restart_policy"]);

/** Fields without a meaning here, since Dext sees to it itself or it is for production. */
const needless: ReadonlySet<string> = new Set(
  "container_name hostname domainname networks network_mode logging labels annotations init tty stdin_open attach pull_policy platform develop mem_limit mem_reservation memswap_limit cpus cpu_count cpu_percent cpu_shares pids_limit ulimits oom_kill_disable oom_score_adj blkio_config stop_signal".split(
    " ",
  ),
);

/** What only means something to a container. */
const forContainers: ReadonlySet<string> = new Set(
  "user working_dir read_only tmpfs security_opt privileged cap_drop extra_hosts shm_size dns dns_search group_add ipc pid sysctls devices runtime userns_mode uts volumes_from configs".split(
    " ",
  ),
);

/** Tells of every field of a service that its resource does not have. */
export function noteFields(
  service: ComposeService,
  { form, resource }: { form: ComposeForm; resource: string },
): { notes: Note[]; needless: string[] } {
  const notes: Note[] = [];
  const left: string[] = [];
  for (const [field, given] of Object.entries(service.fields)) {
    if (field.startsWith("x-") || translated.has(field)) continue;
    if (field === "deploy" && Object.keys(mapping(given)).every((key) => translatedOfDeploy.has(key)))
      continue;
    const isProcess = form.form === "project";
    const isNeedless =
      needless.has(field) ||
      field === "deploy" ||
      (forContainers.has(field) && (isProcess || form.form === "known") && field !== "configs");
    if (isNeedless) left.push(field);
    else notes.push({ ...service.placeOf(field), resource, text: `"${field}" is not translated` });
  }
  return { notes, needless: left };
}

/** One note for all fields that need no translation. */
export function noteNeedless(compose: ComposeProject, fields: ReadonlySet<string>): Note[] {
  if (fields.size === 0) return [];
  const list = [...fields].toSorted().join(", ");
  return [
    { file: compose.file, text: `left out, since Dext sees to it or it is for production only: ${list}` },
  ];
}
