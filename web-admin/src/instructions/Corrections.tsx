import { useQuery } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { correctableQuery, type Side } from '@/api/queries/instructions'
import { usePackNames } from '@/api/queries/pack'
import { day, dayOf, number } from '@/ui/format'
import type { CorrectionWritten, Written } from './draft'
import { MemberSelect } from './MemberSelect'
import css from './NewInstructionPage.module.css'

/** What is to stand instead, holding by holding of one person: a new content in the vault, a field where a connector keeps it. */
export function Corrections() {
  const { t } = useTranslation()
  const form = Form.useFormInstance<Written>()
  const whose = Form.useWatch<Written['correctOf']>('correctOf', form)
  const sides = useQuery(correctableQuery(whose?.value ?? ''))
  return (
    <>
      <Form.Item
        name="correctOf"
        label={t('instructions.whose')}
        rules={[{ required: true, message: t('instructions.needSubjects') }]}
      >
        <MemberSelect
          by="subject"
          label={t('instructions.whose')}
          // Another person has other holdings.
          onChange={() => form.setFieldValue('corrections', [{}])}
        />
      </Form.Item>
      {whose && (
        <Form.List name="corrections" initialValue={[{}]}>
          {(rows, { add, remove }) => (
            <div className={css.corrections}>
              {rows.map((row) => (
                // biome-ignore lint/a11y/useSemanticElements: a legend is drawn as a heading of the whole form
                <div key={row.key} role="group" aria-labelledby={`correction-${row.key}`} className={css.correction}>
                  <p id={`correction-${row.key}`}>{t('instructions.correction', { n: number(row.name + 1) })}</p>
                  <One at={row.name} sides={sides.data ?? []} isLoading={sides.isPending} />
                  {rows.length > 1 && (
                    <Button size="small" onClick={() => remove(row.name)}>
                      {t('instructions.correctionLess')}
                    </Button>
                  )}
                </div>
              ))}
              <div>
                <Button onClick={() => add({})}>{t('instructions.correctionMore')}</Button>
              </div>
            </div>
          )}
        </Form.List>
      )}
    </>
  )
}

function One({ at, sides, isLoading }: { at: number; sides: Side[]; isLoading: boolean }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const form = Form.useFormInstance<Written>()
  const written = Form.useWatch<CorrectionWritten | undefined>(['corrections', at], form)
  const side = sides.find((s) => s.holding_id === written?.holding)
  const needed = [{ required: true, whitespace: true, message: t('instructions.needCorrection') }]
  return (
    <>
      <Form.Item
        name={[at, 'holding']}
        label={t('instructions.whichHolding')}
        rules={[{ required: true, message: t('instructions.needHolding') }]}
      >
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          loading={isLoading}
          notFoundContent={t('instructions.noHolding')}
          options={sides.map((s) => ({ value: s.holding_id, label: labelOf(s) }))}
          onChange={(holding: string) => form.setFieldValue(['corrections', at], { holding })}
        />
      </Form.Item>
      {side?.connector_id && (
        <div className={css.pair}>
          <Form.Item name={[at, 'field']} label={t('instructions.field')} rules={needed}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name={[at, 'value']} label={t('instructions.newValue')} rules={needed}>
            <Input maxLength={2000} />
          </Form.Item>
        </div>
      )}
      {side && !side.connector_id && (
        <Form.Item name={[at, 'content']} label={t('instructions.newContent')} rules={needed}>
          <Input.TextArea rows={2} maxLength={10_000} />
        </Form.Item>
      )}
    </>
  )

  function labelOf(s: Side): string {
    const when = s.last_at ? day(dayOf(s.last_at)) : null
    return [names.ofClass(s.class), t('inbox.items', { count: s.items, n: number(s.items) }), when]
      .filter(Boolean)
      .join(' · ')
  }
}
