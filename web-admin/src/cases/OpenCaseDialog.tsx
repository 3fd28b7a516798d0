import { useMutation } from '@tanstack/react-query'
import { Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { type CaseKind, openCase } from '@/api/queries/cases'
import { word } from '@/i18n'
import { ClassSelect } from '@/instructions/ClassSelect'
import type { Chosen } from '@/instructions/draft'
import { MemberSelect } from '@/instructions/MemberSelect'
import { FormDialog } from '@/ui/FormDialog'
import { useTell } from '@/ui/useTell'

const KINDS: CaseKind[] = ['complaint', 'hr', 'incident']
const OPERATIONS = ['read', 'reveal', 'correct']

interface Wanted {
  kind: CaseKind
  about: Chosen
  assignee: Chosen
  classes: string[]
  operations: string[]
  matter: string
}

/** Opens a case: who looks into what about whom. */
export function OpenCaseDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const tell = useTell()
  const open = useMutation(openCase)
  const needed = [{ required: true, message: t('cases.needed') }]
  return (
    <FormDialog<Wanted>
      title={t('cases.open')}
      confirm={t('cases.open')}
      busy={open.isPending}
      width={560}
      initialValues={{ kind: 'complaint', operations: ['read'] }}
      onFinish={({ kind, about, assignee, classes, operations, matter }) =>
        open.mutate(
          {
            kind,
            subject_id: about.value,
            assignee: assignee.value,
            matter: matter.trim(),
            // What it is used for is what the case is about.
            scope: { classes, operations, purpose: kind },
          },
          {
            onSuccess: () => {
              onClose()
              tell.done(t('cases.openedNow'))
            },
            onError: tell.failed,
          },
        )
      }
      onClose={onClose}
    >
      <p>{t('cases.openMeans')}</p>
      <Form.Item name="kind" label={t('cases.kind')}>
        <Select options={KINDS.map((k) => ({ value: k, label: word('cases.kinds', k) }))} />
      </Form.Item>
      <Form.Item name="about" label={t('cases.about')} rules={needed}>
        <MemberSelect by="subject" label={t('cases.about')} />
      </Form.Item>
      <Form.Item name="assignee" label={t('cases.assignee')} rules={needed}>
        <MemberSelect by="membership" label={t('cases.assignee')} />
      </Form.Item>
      <Form.Item name="classes" label={t('cases.opens')} rules={needed}>
        <ClassSelect label={t('cases.opens')} />
      </Form.Item>
      <Form.Item name="operations" label={t('cases.operations')} rules={needed}>
        <Select
          mode="multiple"
          options={OPERATIONS.map((o) => ({ value: o, label: word('instructions.operations', o) }))}
        />
      </Form.Item>
      <Form.Item
        name="matter"
        label={t('cases.matter')}
        rules={[{ required: true, whitespace: true, message: t('cases.needed') }]}
      >
        <Input.TextArea rows={3} maxLength={2000} showCount />
      </Form.Item>
    </FormDialog>
  )
}
