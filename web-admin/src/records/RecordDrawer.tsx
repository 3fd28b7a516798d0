import { useQuery } from '@tanstack/react-query'
import { Button, Drawer } from 'antd'
import { useTranslation } from 'react-i18next'
import { usePackNames } from '@/api/queries/pack'
import { type AccessRecord, recordQuery } from '@/api/queries/records'
import { word } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { Clauses } from '@/ui/Clauses'
import { Facts } from '@/ui/Facts'
import { number, second } from '@/ui/format'
import { Loaded } from '@/ui/Page'
import { useTell } from '@/ui/useTell'
import type { Conditions } from './filter'
import { Proof } from './Proof'
import css from './RecordDrawer.module.css'
import { TONES } from './RecordTable'
import { Actor, Sentence, Thing } from './Sentence'

/** One record: the sentence, what it is made of, the record itself and its proof. */
export function RecordDrawer({
  seq,
  known,
  onNarrow,
  onClose,
}: {
  seq: number
  /** The row it was opened from: nothing is asked again for it. */
  known: AccessRecord | undefined
  onNarrow: (conditions: Conditions) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const asked = useQuery({ ...recordQuery(seq), enabled: !known, initialData: known })
  return (
    <Drawer open onClose={onClose} size={560} title={t('records.numbered', { n: number(seq) })}>
      <Loaded query={asked}>{(r) => <Record record={r} onNarrow={onNarrow} />}</Loaded>
    </Drawer>
  )
}

function Record({ record: r, onNarrow }: { record: AccessRecord; onNarrow: (conditions: Conditions) => void }) {
  const { t } = useTranslation()
  const tell = useTell()
  const names = usePackNames()
  // Names are looked up when a record is shown and stand nowhere in it.
  const { about: _, actor, ...sealed } = r
  const json = JSON.stringify({ ...sealed, actor: { kind: actor.kind, id: actor.id } }, null, 2)
  const alike = (conditions: Conditions, shown: React.ReactNode) => (
    <span className={css.alike}>
      {shown}
      <Button size="small" type="link" onClick={() => onNarrow(conditions)}>
        {t('records.narrow')}
      </Button>
    </span>
  )
  const isPower = r.instruction?.startsWith('pack:')
  return (
    <div className={css.drawer}>
      <p className={css.sentence}>
        <Sentence record={r} />
      </p>
      <Facts
        facts={[
          [t('records.time'), second(r.at)],
          [
            t('records.outcome'),
            <Chip key="o" tone={TONES[r.outcome] ?? 'plain'}>
              {word('records.outcomes', r.outcome)}
            </Chip>,
          ],
          [t('records.reason'), r.reason ? alike({ outcome: r.outcome }, word('problems', r.reason)) : null],
          [
            t('records.actor'),
            r.actor.id ? alike({ actor: r.actor.id }, <Actor record={r} />) : <Actor key="a" record={r} />,
          ],
          [t('records.act'), alike({ action: r.act }, <code>{r.act}</code>)],
          [t('records.object'), r.object ? alike({ object: r.object.id }, <Thing {...r.object} />) : null],
          [
            t('records.about'),
            r.about.length > 0
              ? r.about.map((one) => (
                  <div key={one.id}>
                    {alike({ subject: one.id }, <bdi>{one.name ?? one.staff_number ?? one.id}</bdi>)}
                  </div>
                ))
              : null,
          ],
          [t('records.class'), r.class ? alike({ class: r.class }, names.ofClass(r.class)) : null],
          [t('records.purpose'), r.purpose],
          [
            t('records.under'),
            r.instruction
              ? alike(
                  { instruction: r.instruction },
                  isPower ? (
                    <>
                      {t('records.power')} <code>{r.instruction.slice(5)}</code>
                    </>
                  ) : (
                    <Thing kind="instruction" id={r.instruction} />
                  ),
                )
              : null,
          ],
          [t('records.request'), r.request ? <code key="r">{r.request}</code> : null],
          [
            t('records.closed'),
            r.personal.length > 0
              ? t('records.closedText', { field: r.personal.map((p) => p.field).join(' · ') })
              : null,
          ],
        ]}
      />
      <Clauses ids={r.clauses} />
      <section className={css.part} aria-labelledby="record-json">
        <div className={css.head}>
          <h2 id="record-json">{t('records.json')}</h2>
          <Button
            size="small"
            onClick={() => void navigator.clipboard.writeText(json).then(() => tell.done(t('records.copied')))}
          >
            {t('records.copy')}
          </Button>
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so by keyboard */}
        <pre className={css.json} tabIndex={0}>
          {json}
        </pre>
      </section>
      <Proof record={r} />
    </div>
  )
}
