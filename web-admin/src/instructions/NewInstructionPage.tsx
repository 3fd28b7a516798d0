import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Form, Input, Radio, type FormRule as Rule, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '@/api/problem'
import { type InstructionKind, previewQuery, proposeInstruction } from '@/api/queries/instructions'
import { usePackNames } from '@/api/queries/pack'
import { word } from '@/i18n'
import { dayOf } from '@/ui/format'
import { Page, problemText } from '@/ui/Page'
import { Strip } from '@/ui/Strip'
import { useSettled } from '@/ui/useSettled'
import { useTell } from '@/ui/useTell'
import { ClassSelect } from './ClassSelect'
import { Corrections } from './Corrections'
import { DepartmentSelect } from './DepartmentSelect'
import { draftOf, isWhole, type Written } from './draft'
import { MemberSelect } from './MemberSelect'
import css from './NewInstructionPage.module.css'
import { Particulars } from './Particulars'
import { Preview } from './Preview'

const OPERATIONS = ['read', 'reveal', 'correct', 'export'] as const
const ORDERS = [
  'retain',
  'hide',
  'hand_over',
  'release',
  'detach',
  'anonymise',
  'delete',
  'correct',
  'export',
  'transfer',
  'share',
  'disclose',
] as const

/** Writes an instruction. Beside the form stands, in plain words, what it would permit, whose data it would touch, whose yes it takes. */
export function NewInstructionPage() {
  const { t } = useTranslation()
  const navigate = useNavigate({ from: '/instructions/new' })
  const { kind = 'standing' } = useSearch({ from: '/shell/instructions/new' })
  const tell = useTell()
  const names = usePackNames()
  const [form] = Form.useForm<Written>()
  const [written, setWritten] = useState<Written>({})
  const draft = draftOf(kind, written)
  const settled = useSettled(draft, 400)
  const preview = useQuery(previewQuery(settled, isWhole(settled)))
  const propose = useMutation(proposeInstruction)
  // What a role of the organisation's own may do is its definition, and no other instruction.
  const roles = names.roles
    .filter((r) => !r.key.startsWith('own.'))
    .filter((r) => r.key !== 'employee')
    .map((r) => ({ value: r.key, label: names.ofRole(r.key) }))
  const submit = () =>
    propose.mutate(draft, {
      onSuccess: (i) => {
        tell.done(i.state === 'in_force' ? t('instructions.inForceNow') : t('instructions.proposed'))
        void navigate({ to: '/instructions/$id', params: { id: i.id }, search: {} })
      },
      onError: tell.failed,
    })
  // People, or departments with all who are in them.
  const somebody: Rule = {
    validator: async (_, people: unknown[] | undefined) => {
      const departments: unknown[] = form.getFieldValue('departments') ?? []
      if ((people ?? []).length + departments.length === 0) throw new Error(t('instructions.needSubjects'))
    },
  }
  const needed = (message: string) => [{ required: true, message }]
  return (
    <Page
      title={t('instructions.new')}
      tools={
        <Radio.Group
          value={kind}
          aria-label={t('instructions.kind')}
          onChange={(e) => {
            const next = e.target.value as InstructionKind
            void navigate({ search: { kind: next === 'standing' ? undefined : next }, replace: true })
          }}
          options={(['standing', 'exceptional', 'order'] as const).map((k) => ({
            value: k,
            label: word('instructions.kinds', k),
          }))}
          optionType="button"
        />
      }
    >
      <div className={css.editor}>
        <Form<Written>
          form={form}
          layout="vertical"
          requiredMark={false}
          className={css.form}
          onValuesChange={() => setWritten({ ...form.getFieldsValue(true) })}
          onFinish={submit}
        >
          <p className={css.lead}>{word('instructions.kindMeans', kind)}</p>
          {kind === 'standing' && (
            <Form.Item name="roles" label={t('instructions.whichRoles')} rules={needed(t('instructions.needRoles'))}>
              <Select mode="multiple" options={roles} />
            </Form.Item>
          )}
          {kind === 'exceptional' && (
            <Form.Item
              name="members"
              label={t('instructions.whichMembers')}
              rules={needed(t('instructions.needMembers'))}
            >
              <MemberSelect by="membership" label={t('instructions.whichMembers')} multiple />
            </Form.Item>
          )}
          {kind === 'order' ? (
            <Form.Item name="action" label={t('instructions.whichAction')} rules={needed(t('instructions.needAction'))}>
              <Select
                listHeight={400}
                options={ORDERS.map((a) => ({ value: a, label: word('instructions.actions', a) }))}
              />
            </Form.Item>
          ) : (
            <Form.Item
              name="operations"
              label={t('instructions.whichOperations')}
              rules={needed(t('instructions.needOperations'))}
            >
              <Select
                mode="multiple"
                options={OPERATIONS.map((o) => ({ value: o, label: word('instructions.operations', o) }))}
              />
            </Form.Item>
          )}
          {kind === 'order' && written.action === 'correct' ? (
            <Corrections />
          ) : (
            <>
              <Form.Item name="classes" label={t('instructions.classes')} rules={needed(t('instructions.needClasses'))}>
                <ClassSelect label={t('instructions.classes')} />
              </Form.Item>
              <Form.Item
                name="subjects"
                label={t('instructions.whose')}
                extra={kind === 'order' ? undefined : t('instructions.whoseEmpty')}
                dependencies={['departments']}
                rules={kind === 'order' ? [somebody] : []}
              >
                <MemberSelect by="subject" label={t('instructions.whose')} multiple />
              </Form.Item>
              {kind === 'order' && (
                <Form.Item
                  name="departments"
                  label={t('instructions.whichDepartments')}
                  extra={t('instructions.departmentsHelp')}
                >
                  <DepartmentSelect label={t('instructions.whichDepartments')} />
                </Form.Item>
              )}
            </>
          )}
          <Particulars action={kind === 'order' ? written.action : undefined} />
          <Form.Item
            name="purpose"
            label={t('instructions.purpose')}
            rules={[{ required: true, whitespace: true, message: t('instructions.needPurpose') }]}
          >
            <Input maxLength={200} />
          </Form.Item>
          {kind !== 'order' && (
            <Form.Item
              name="until"
              label={kind === 'standing' ? t('instructions.untilOptional') : t('instructions.untilTitle')}
              rules={kind === 'exceptional' ? needed(t('instructions.needUntil')) : []}
            >
              <Input type="date" min={dayOf(new Date())} className={css.date} />
            </Form.Item>
          )}
          <Form.Item
            name="reason"
            label={t('ui.reason')}
            rules={[{ required: true, whitespace: true, message: t('ui.reasonNeeded') }]}
          >
            <Input.TextArea rows={3} maxLength={2000} showCount />
          </Form.Item>
          <div className={css.acts}>
            <Button type="primary" htmlType="submit" loading={propose.isPending}>
              {t('instructions.propose')}
            </Button>
            <Button onClick={() => void navigate({ to: '/instructions', search: {} })}>{t('ui.cancel')}</Button>
          </div>
        </Form>
        <aside className={css.aside} aria-label={t('instructions.preview')}>
          {preview.error instanceof ProblemError && (
            <Strip tone="danger">
              {problemText(preview.error)} {preview.error.problem.help}
            </Strip>
          )}
          <Preview draft={draft} preview={preview.data} isAsking={preview.isFetching} isWhole={isWhole(draft)} />
        </aside>
      </div>
    </Page>
  )
}
