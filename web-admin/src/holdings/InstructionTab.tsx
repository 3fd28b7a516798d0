import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { AutoComplete, Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { permittingQuery, type Side, whyQuery } from '@/api/queries/holdings'
import type { Instruction } from '@/api/queries/instructions'
import { usePowers } from '@/api/queries/powers'
import { word } from '@/i18n'
import type { Chosen } from '@/instructions/draft'
import { MemberSelect } from '@/instructions/MemberSelect'
import { PlainWords } from '@/instructions/PlainWords'
import { Chip } from '@/ui/Chip'
import { Loaded } from '@/ui/Page'
import shared from '@/ui/shared.module.css'
import css from './HoldingDrawer.module.css'
import { Reveal } from './Reveal'
import { Said } from './Said'

const OPERATIONS = ['read', 'reveal', 'correct', 'export'] as const

/** Under which instructions it may be processed and by whom, and the answer to "may I, and why?" from what would decide. */
export function InstructionTab({ id, side }: { id: string; side: Side }) {
  const { t } = useTranslation()
  const powers = usePowers()
  const permitting = useQuery(permittingQuery({ class: side.class, subject: side.subject_id }))
  return (
    <div className={css.tab}>
      <section className={css.part} aria-labelledby="permitting">
        <h3 id="permitting">{t('holdings.permitting')}</h3>
        {side.controller !== 'organisation' && <p className={shared.soft}>{t('holdings.notProcessed')}</p>}
        <Loaded
          query={permitting}
          isEmpty={(all) => all.length === 0}
          empty={<p className={shared.soft}>{t('holdings.nothingPermits')}</p>}
        >
          {(all) => (
            <ul className={css.list}>
              {all.map((i) => (
                <li key={i.id} className={css.item}>
                  <PlainWords said={i} />
                  <div className={shared.line}>
                    <Chip tone="quiet">{word('instructions.kinds', i.kind)}</Chip>
                    <Link to="/instructions/$id" params={{ id: i.id }}>
                      {t('holdings.openInstruction')}
                    </Link>
                  </div>
                </li>
              ))}
            </ul>
          )}
        </Loaded>
        {powers.has('decisions.search') && (
          <Link to="/people/access" search={{ holding: id }}>
            {t('access.whoSees')}
          </Link>
        )}
      </section>
      <Asking id={id} side={side} permitting={permitting.data ?? []} />
      {side.controller === 'organisation' && !side.connector_id && side.holding_state === 'held' && (
        <Reveal id={id} side={side} permitting={permitting.data ?? []} />
      )}
    </div>
  )
}

/** The question, as somebody puts it. */
interface Asked {
  member?: Chosen
  operation: string
  purpose: string
}

function Asking({ id, side, permitting }: { id: string; side: Side; permitting: Instruction[] }) {
  const { t } = useTranslation()
  const powers = usePowers()
  const [written, setWritten] = useState<Asked>({ operation: 'read', purpose: '' })
  const [asked, setAsked] = useState<Asked | null>(null)
  const purposes = [...new Set(permitting.map((i) => i.purpose))]
  return (
    <section className={css.ask} aria-labelledby="why">
      <h3 id="why">{t('holdings.why')}</h3>
      <p className={shared.soft}>{t('holdings.whyHelp')}</p>
      <div className={css.fields}>
        {powers.has('members.read') && (
          // biome-ignore lint/a11y/noLabelWithoutControl: the select inside carries its own name
          <label className={css.field}>
            {t('holdings.whyWho')}
            <MemberSelect
              by="membership"
              label={t('holdings.whyWho')}
              value={written.member}
              onChange={(chosen) => {
                const one = Array.isArray(chosen) ? chosen[0] : chosen
                setWritten((w) => ({ ...w, member: one?.value ? one : undefined }))
              }}
            />
          </label>
        )}
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the select inside carries its own name */}
        <label className={css.field}>
          {t('holdings.whyOperation')}
          <Select
            aria-label={t('holdings.whyOperation')}
            value={written.operation}
            options={OPERATIONS.map((o) => ({ value: o, label: word('instructions.operations', o) }))}
            onChange={(operation) => setWritten((w) => ({ ...w, operation }))}
          />
        </label>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the input inside carries its own name */}
        <label className={css.field}>
          {t('instructions.purpose')}
          <AutoComplete
            aria-label={t('instructions.purpose')}
            value={written.purpose}
            maxLength={200}
            options={purposes.map((p) => ({ value: p, label: word('purposes', p) }))}
            onChange={(purpose: string) => setWritten((w) => ({ ...w, purpose }))}
          />
        </label>
      </div>
      <Button className={css.start} type="primary" onClick={() => setAsked(written)}>
        {t('holdings.ask')}
      </Button>
      <div aria-live="polite">{asked && <Answer id={id} subject={side.subject_id} asked={asked} />}</div>
    </section>
  )
}

function Answer({ id, subject, asked }: { id: string; subject: string; asked: Asked }) {
  const query = useQuery(
    whyQuery(id, {
      subject,
      member: asked.member?.value,
      operation: asked.operation,
      purpose: asked.purpose.trim() || undefined,
    }),
  )
  return <Loaded query={query}>{(w) => <Said w={w} />}</Loaded>
}
