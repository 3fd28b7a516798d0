import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { memberQuery } from '@/api/queries/find'
import { type Instruction, type InstructionUse, useOfQuery } from '@/api/queries/instructions'
import { usePackNames } from '@/api/queries/pack'
import { usePowers } from '@/api/queries/powers'
import { word } from '@/i18n'
import { actName } from '@/records/actName'
import { Facts } from '@/ui/Facts'
import { instant, number } from '@/ui/format'
import { Loaded } from '@/ui/Page'
import { Person } from '@/ui/Person'
import shared from '@/ui/shared.module.css'

/** How often an instruction was used, by whom last, and how many people it permits something now. */
export function Uses({ i }: { i: Instruction }) {
  const { t } = useTranslation()
  const use = useQuery(useOfQuery(i.id))
  return (
    <section aria-labelledby="instruction-use">
      <h2 id="instruction-use">{t('instructions.use')}</h2>
      <Loaded query={use}>{(u) => <Use i={i} u={u} />}</Loaded>
    </section>
  )
}

function Use({ i, u }: { i: Instruction; u: InstructionUse }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const powers = usePowers()
  const times = number(u.times)
  return (
    <>
      <Facts
        facts={[
          [
            t('instructions.used'),
            u.more
              ? t('instructions.timesAtLeast', { n: times })
              : t('instructions.times', { count: u.times, n: times }),
          ],
          [t('instructions.notDone'), u.not_done > 0 ? number(u.not_done) : null],
          [t('instructions.firstUse'), u.first_at && !u.more ? instant(u.first_at) : null],
          [t('instructions.lastUse'), u.last ? instant(u.last.at) : null],
          [t('instructions.lastBy'), u.last ? <LastBy key="l" last={u.last} /> : null],
          [t('instructions.lastAct'), u.last ? actName(u.last.act, names) : null],
          [
            t('instructions.permitsNow'),
            i.kind === 'order' ? null : t('instructions.members', { count: u.permits, n: number(u.permits) }),
          ],
        ]}
      />
      {powers.has('records.read') && (
        <p>
          <Link to="/records" search={{ instruction: i.id }}>
            {t('instructions.recordsUnder')}
          </Link>
        </p>
      )}
    </>
  )
}

function LastBy({ last }: { last: NonNullable<InstructionUse['last']> }) {
  const member = useQuery({ ...memberQuery(last.actor_id), enabled: last.actor_kind === 'member' })
  if (last.actor_kind === 'member' && member.data) {
    return <Person name={member.data.name} number={member.data.staff_number} />
  }
  return <span className={shared.soft}>{word('records.actors', last.actor_kind)}</span>
}
