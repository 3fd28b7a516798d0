import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Holding, Ruling, Side } from '@/api/queries/holdings'
import { packQuery, usePackNames } from '@/api/queries/pack'
import { usePowers } from '@/api/queries/powers'
import { word } from '@/i18n'
import { conditionsOf, inLanguage } from '@/packs/words'
import { Clauses } from '@/ui/Clauses'
import { Facts } from '@/ui/Facts'
import { bytes, instant, number } from '@/ui/format'
import { Person } from '@/ui/Person'
import { Strip } from '@/ui/Strip'
import shared from '@/ui/shared.module.css'
import { factWords } from './facts'
import css from './HoldingDrawer.module.css'
import { RulingChip } from './RulingChip'
import { span, stateOf } from './Sides'

/** Whose it is, by which rule and clause, what it was ruled by, what was ruled before, and the other sides. */
export function ControlTab({ h, side }: { h: Holding; side: Side }) {
  const { t } = useTranslation()
  const powers = usePowers()
  const history = h.rulings[side.subject_id] ?? []
  const now = history[0]
  const { data: pack } = useQuery(packQuery)
  const isSettled = (r: Ruling) =>
    r.settlement_id != null || pack?.control.find((c) => c.id === r.rule)?.controller !== 'unsettled'
  const others = h.sides.filter((s) => s.subject_id !== side.subject_id)
  const successor = h.people.find((p) => p.id === side.successor_id)
  return (
    <div className={css.tab}>
      <section className={css.part}>
        <div className={shared.line}>
          <RulingChip ruling={side} facts={now?.facts as Record<string, unknown> | undefined} />
        </div>
        <Reason rule={side.rule} />
        {now && <Clauses ids={now.clauses} />}
        {!side.settled && (
          <Strip tone="danger">
            {t('holdings.unsettledMeans')}
            {side.question_id && powers.has('rulings.read') && (
              <Link to="/holdings/unsettled" search={{ question: side.question_id }}>
                {t('holdings.toQuestion')}
              </Link>
            )}
          </Strip>
        )}
      </section>
      <Facts
        facts={[
          [t('holdings.subject'), <Whose key="w" h={h} id={side.subject_id} />],
          [
            t('departures.amount'),
            t('departures.itemsAndSize', { count: side.items, n: number(side.items), size: bytes(side.bytes) }),
          ],
          [t('holdings.span'), span(side.first_at, side.last_at)],
          [
            t('departures.place'),
            h.connector ? (
              <span key="p">
                <bdi>{h.connector}</bdi> <code>{h.locator}</code>
              </span>
            ) : (
              t('departures.inVault')
            ),
          ],
          [t('departures.state'), stateOf(side)],
          [
            t('holdings.successor'),
            successor ? <Person key="s" name={successor.name} number={successor.staff_number} /> : null,
          ],
          [
            t('holdings.tenure'),
            side.membership_id && powers.has('members.read') ? (
              <Link key="m" to="/people/$id" params={{ id: side.membership_id }}>
                {t('holdings.toMember')}
              </Link>
            ) : null,
          ],
          [t('holdings.occurred'), instant(h.occurred_at)],
          [t('holdings.registered'), instant(h.created_at)],
        ]}
      />
      {now && <RuledBy ruling={now} />}
      {others.length > 0 && (
        <section className={css.part} aria-labelledby="other-sides">
          <h3 id="other-sides">{t('holdings.otherSides')}</h3>
          <p className={shared.soft}>{t('holdings.otherSidesMean')}</p>
          <ul className={css.list}>
            {others.slice(0, MOST).map((s) => (
              <li key={s.subject_id} className={css.item}>
                <div className={shared.line}>
                  <Whose h={h} id={s.subject_id} />
                  <RulingChip ruling={s} facts={h.rulings[s.subject_id]?.[0]?.facts as Record<string, unknown>} />
                  <span className={shared.note}>{stateOf(s)}</span>
                </div>
              </li>
            ))}
            {others.length > MOST && <li>{t('holdings.moreSides', { n: number(others.length - MOST) })}</li>}
          </ul>
        </section>
      )}
      {history.length > 1 && (
        <section className={css.part} aria-labelledby="ruling-history">
          <h3 id="ruling-history">{t('holdings.history')}</h3>
          <ol className={css.list}>
            {history.map((r) => (
              <li key={r.ruled_at + r.rule + r.cause} className={css.item}>
                <div className={shared.line}>
                  <RulingChip ruling={{ ...r, settled: isSettled(r) }} />
                  <span className={shared.note}>
                    {instant(r.ruled_at)} · {word('holdings.causes', r.cause)}
                  </span>
                </div>
              </li>
            ))}
          </ol>
        </section>
      )}
    </div>
  )
}

const MOST = 20

function Whose({ h, id }: { h: Holding; id: string }) {
  const who = h.people.find((p) => p.id === id)
  return <Person name={who?.name} number={who?.staff_number} />
}

/** Why the rule says so, in the pack's own sentence. */
function Reason({ rule }: { rule: string }) {
  const { t } = useTranslation()
  const { data: pack } = useQuery(packQuery)
  const names = usePackNames()
  const found = pack?.control.find((c) => c.id === rule)
  if (!pack) return null
  if (rule === '') return <p className={css.said}>{t('holdings.ruleMissing')}</p>
  if (!found) return <p className={shared.soft}>{t('holdings.ruleOfAnotherPack', { rule })}</p>
  const conditions = conditionsOf(found.when, names)
  return (
    <>
      <p className={css.said}>{inLanguage(found.reason_zh, found.reason_en)}</p>
      <p className={shared.soft}>{conditions.length > 0 ? conditions.join(t('packs.and')) : t('packs.always')}</p>
    </>
  )
}

/** The facts that it was ruled by. */
function RuledBy({ ruling }: { ruling: Ruling }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const facts = factWords(ruling.facts as Record<string, unknown>, names)
  if (facts.length === 0) return null
  return (
    <section className={css.part} aria-labelledby="ruled-by">
      <h3 id="ruled-by">{t('holdings.ruledBy')}</h3>
      <Facts facts={facts} />
    </section>
  )
}
