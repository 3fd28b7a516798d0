import { useMutation } from '@tanstack/react-query'
import { Button, Form, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { type Facts, type Pack, type Tried, tryRuling, usePackNames } from '@/api/queries/pack'
import { word } from '@/i18n'
import { Chip } from '@/ui/Chip'
import { Clauses } from '@/ui/Clauses'
import { number } from '@/ui/format'
import { useTell } from '@/ui/useTell'
import { RuleText } from './Control'
import css from './PackPage.module.css'
import { conditionsOf, factValues, featuresOf, inLanguage } from './words'

/** What facts can be, in the words of the published schema; the first is what is taken where nothing is said. */
const CHOICES = {
  account: ['personal', 'enterprise'],
  membership: ['employed', 'departed', 'none'],
  capacity: ['member', 'private'],
  application: ['none', 'opened', 'not_opened'],
  conversation: [
    'none',
    'internal_group',
    'all_staff_group',
    'cooperation_group',
    'service_group',
    'secret_group',
    'external_group',
    'ordinary_group',
    'direct_colleague',
    'direct_former_colleague',
    'direct_outsider',
  ],
  source: ['person', 'organisation', 'device', 'produced'],
  consent: ['none', 'explicit', 'guardian', 'withdrawn'],
  age: ['adult', 'minor', 'fourteen', 'child'],
  certification: ['certified', 'uncertified'],
} as const

type Asked = Record<keyof typeof CHOICES, string> & { class: string; features?: string[] }

/** "Who would control…": facts in a form, the answer with every rule that was read on the way to it. */
export function Try({ pack }: { pack: Pack }) {
  const { t } = useTranslation()
  const tell = useTell()
  const names = usePackNames()
  const tried = useMutation({ ...tryRuling, onError: tell.failed })
  const features = featuresOf(pack)
  const start = Object.fromEntries(Object.entries(CHOICES).map(([fact, values]) => [fact, values[0]]))
  return (
    <div className={css.columns}>
      <Form<Asked>
        layout="vertical"
        requiredMark={false}
        className={css.panel}
        initialValues={start}
        onFinish={(asked) => tried.mutate(factsOf(asked))}
      >
        <h2>{t('packs.tryTitle')}</h2>
        <div className={css.facts}>
          <Form.Item
            name="class"
            label={word('packs.facts', 'class')}
            rules={[{ required: true, message: t('instructions.needClasses') }]}
          >
            <Select
              showSearch={{ optionFilterProp: 'label' }}
              options={pack.classes.map((c) => ({ value: c.key, label: `${names.ofClass(c.key)} · ${c.key}` }))}
            />
          </Form.Item>
          {Object.entries(CHOICES).map(([fact, values]) => (
            <Form.Item key={fact} name={fact} label={word('packs.facts', fact)}>
              <Select options={values.map((v) => ({ value: v, label: word(`packs.values.${fact}`, v) }))} />
            </Form.Item>
          ))}
          {features.length > 0 && (
            <Form.Item name="features" label={word('packs.facts', 'feature_on')}>
              <Select mode="multiple" options={features.map((f) => ({ value: f, label: word('packs.features', f) }))} />
            </Form.Item>
          )}
        </div>
        <div>
          <Button type="primary" htmlType="submit" loading={tried.isPending}>
            {t('packs.tryNow')}
          </Button>
        </div>
      </Form>
      <div aria-live="polite">
        {tried.data ? <Answer pack={pack} tried={tried.data} /> : <p className={css.why}>{t('packs.tryHelp')}</p>}
      </div>
    </div>
  )
}

function factsOf(asked: Asked): Facts {
  const { application, features, ...same } = asked
  return {
    ...same,
    features: features ?? [],
    ...(application === 'none'
      ? {}
      : { service: { name: 'sample', opened_by: application === 'opened' ? 'organisation' : 'person' } }),
  }
}

function Answer({ pack, tried: { ruling, read } }: { pack: Pack; tried: Tried }) {
  const { t } = useTranslation()
  const names = usePackNames()
  const rules = new Map(pack.control.map((r) => [r.id, r]))
  return (
    <div className={css.panel}>
      <p className={css.answer}>{word('holdings.controllers', ruling.settled ? ruling.controller : 'unsettled')}</p>
      <p>{inLanguage(ruling.reason_zh, ruling.reason_en)}</p>
      {ruling.conditions.length > 0 && (
        <p className={css.chips}>
          {ruling.conditions.map((c) => (
            <Chip key={c} tone="accent">
              {word('packs.conditions', c)}
            </Chip>
          ))}
        </p>
      )}
      {ruling.rule_missing && <Chip tone="danger">{t('packs.ruleMissing')}</Chip>}
      <Clauses ids={ruling.clauses} />
      <h3>{t('packs.readOnTheWay', { count: read.length, n: number(read.length) })}</h3>
      <ol className={css.list}>
        {read.map(({ rule: id, unmet }, i) => {
          const rule = rules.get(id)
          return (
            <li key={id} className={css.rule} data-decides={unmet === null} data-dim={unmet !== null}>
              <span className={css.order}>{number(i + 1)}</span>
              {unmet === null && rule ? (
                <RuleText rule={rule} conditions={conditionsOf(rule.when, names)} />
              ) : (
                <p>
                  <code>{id}</code>
                </p>
              )}
              {unmet && (
                <p className={css.why}>
                  {t('packs.unmet', {
                    fact: word('packs.facts', unmet.fact),
                    found: factValues(unmet.fact, [unmet.found], names),
                    wanted: factValues(unmet.fact, unmet.wanted, names),
                  })}
                </p>
              )}
              <div className={css.side}>{unmet === null && <Chip tone="accent">{t('packs.decides')}</Chip>}</div>
            </li>
          )
        })}
      </ol>
    </div>
  )
}
