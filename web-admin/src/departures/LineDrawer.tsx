import { useMutation } from '@tanstack/react-query'
import { Button, Drawer, Radio } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '@/api/problem'
import { adjustLine, type Departure, type Line } from '@/api/queries/departures'
import { usePackNames } from '@/api/queries/pack'
import { currentLanguage, word } from '@/i18n'
import { Clauses } from '@/ui/Clauses'
import { Facts } from '@/ui/Facts'
import { bytes, day, instant, number } from '@/ui/format'
import { Strip } from '@/ui/Strip'
import { useTell } from '@/ui/useTell'
import css from './LineDrawer.module.css'

/** Everything about one line: what becomes of it, why, by which rules, and what it could be changed to. */
export function LineDrawer({ d, line, onClose }: { d: Departure; line: Line; onClose: () => void }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const [rule, schedule, control] = line.rules
  const english = currentLanguage() === 'en'
  return (
    <Drawer open onClose={onClose} size={520} title={names.ofClass(line.class)}>
      <div className={css.drawer}>
        <p className={css.outcome} data-destructive={line.destructive}>
          {word('departures.dispositions', line.disposition)}
          {line.retain_until && <span>{t('departures.until', { day: day(line.retain_until) })}</span>}
          {line.then && line.then_on && (
            <span>
              {t('departures.afterwards', { how: word('departures.dispositions', line.then), day: day(line.then_on) })}
            </span>
          )}
        </p>
        <p>{english ? line.reason_en : line.reason_zh}</p>
        <Facts
          facts={[
            [t('departures.controller'), word('holdings.controllers', line.settled ? line.controller : 'unsettled')],
            [
              t('departures.amount'),
              `${number(line.items)} · ${bytes(line.bytes)} · ${t('departures.holdings', { count: line.holdings, n: number(line.holdings) })}`,
            ],
            [
              t('departures.span'),
              line.first_at && line.last_at ? `${instant(line.first_at)} – ${instant(line.last_at)}` : null,
            ],
            [t('departures.place'), line.connector_id ? t('departures.atConnector') : t('departures.inVault')],
            [
              t('departures.otherSides'),
              line.other_sides > 0
                ? t('departures.otherSidesStay', { count: line.other_sides, n: number(line.other_sides) })
                : null,
            ],
            [t('departures.state'), word('departures.lineStates', line.state)],
            [t('departures.ruleControl'), control],
            [t('departures.ruleDeparture'), rule],
            [t('departures.ruleSchedule'), schedule],
          ]}
        />
        <Clauses ids={line.clauses} />
        <Change d={d} line={line} onDone={onClose} />
      </div>
    </Drawer>
  )
}

/** What the line could become instead. What is not allowed says why. */
function Change({ d, line, onDone }: { d: Departure; line: Line; onDone: () => void }) {
  const { t } = useTranslation()
  const tell = useTell()
  const heading = useId()
  const [wanted, setWanted] = useState(line.disposition)
  const adjust = useMutation(adjustLine)
  const english = currentLanguage() === 'en'
  const stale = adjust.error instanceof ProblemError && adjust.error.isStale
  if (!d.can.adjust.allowed) return null
  const save = () =>
    adjust.mutate(
      { departure: d.id, line, disposition: wanted },
      {
        onSuccess: () => {
          tell.done(t('departures.lineChanged'))
          onDone()
        },
        onError: (error) => {
          if (!(error instanceof ProblemError && error.isStale)) tell.failed(error)
        },
      },
    )
  return (
    <section className={css.change} aria-labelledby={heading}>
      <h3 id={heading}>{t('departures.change')}</h3>
      {stale && (
        <Strip tone="danger">
          {t('departures.lineStale', {
            theirs: word('departures.dispositions', line.disposition),
            yours: word('departures.dispositions', wanted),
          })}
        </Strip>
      )}
      <Radio.Group
        value={wanted}
        onChange={(e) => setWanted(e.target.value)}
        className={css.choices}
        aria-labelledby={heading}
      >
        <Radio value={line.disposition}>
          {word('departures.dispositions', line.disposition)}{' '}
          <span className={css.why}>{t('departures.asPlanned')}</span>
        </Radio>
        {line.changeable_to.map((choice) => (
          <Radio key={choice.to} value={choice.to} disabled={!choice.allowed}>
            {word('departures.dispositions', choice.to)}
            {choice.why && <span className={css.why}>{english ? choice.why.reason_en : choice.why.reason_zh}</span>}
          </Radio>
        ))}
      </Radio.Group>
      <Button type="primary" disabled={wanted === line.disposition} loading={adjust.isPending} onClick={save}>
        {t('departures.saveChange')}
      </Button>
    </section>
  )
}
