import { setTimeout as pause } from 'node:timers/promises'
import { setting } from '@orrery/testing'
import { Redis } from 'ioredis'
import type { Apart } from './apart.ts'
import { type ServiceProcess, startProcess } from './processes.ts'

export type Fault =
  | 'worker killed'
  | 'scheduler killed'
  | 'worker stopped'
  | 'scheduler stopped'
  | 'backends terminated'
  | 'redis emptied'
  | 'subscribers cut'

/** One fault at a time, chosen by `random`, each healed before the next; counts how often each hit. */
export class Nemesis {
  readonly hits = new Map<Fault, number>()
  private readonly s: Apart
  private readonly random: () => number
  private readonly redis = new Redis(setting('ORRERY_TEST_REDIS_URL'))
  private readonly workers: ServiceProcess[]
  private readonly schedulers: ServiceProcess[]

  constructor(s: Apart, workers: ServiceProcess[], random: () => number) {
    this.s = s
    this.workers = workers
    this.schedulers = [...s.schedulers]
    this.random = random
  }

  async strike(): Promise<Fault> {
    const faults: Fault[] = [
      'worker killed',
      'scheduler killed',
      'worker stopped',
      'scheduler stopped',
      'backends terminated',
      'redis emptied',
      'subscribers cut',
    ]
    const fault = faults[Math.floor(this.random() * faults.length)] as Fault
    await this.hit(fault)
    this.hits.set(fault, (this.hits.get(fault) ?? 0) + 1)
    return fault
  }

  private async hit(fault: Fault): Promise<void> {
    if (fault === 'redis emptied') return void (await this.redis.flushall())
    if (fault === 'subscribers cut') return void (await this.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub'))
    if (fault === 'backends terminated') {
      await this.s.it.admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name like 'orrery-%'`,
      )
      return
    }
    const list = fault.startsWith('worker') ? this.workers : this.schedulers
    const place = Math.floor(this.random() * list.length)
    const victim = list[place] as ServiceProcess
    if (fault.endsWith('killed')) {
      await victim.kill('SIGKILL')
      list[place] = fault.startsWith('worker')
        ? await this.s.worker()
        : await startProcess(this.s.it, 'scheduler', {}, Number(new URL(victim.url).port))
      return
    }
    await victim.kill('SIGSTOP')
    await pause(500 + this.random() * 2000)
    await victim.kill('SIGCONT')
  }

  close(): void {
    this.redis.disconnect()
  }
}
