import { useMutation, useQuery } from '@tanstack/react-query'
import { Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { placeHold } from '@/api/queries/holdings'
import { usePackNames } from '@/api/queries/pack'
import { tenuresQuery } from '@/api/queries/people'
import type { Chosen } from '@/instructions/draft'
import { MemberSelect } from '@/instructions/MemberSelect'
import { patternWords } from '@/packs/words'
import { FormDialog } from '@/ui/FormDialog'
import shared from '@/ui/shared.module.css'
import { useTell } from '@/ui/useTell'

interface Written {
  subject?: Chosen
  pattern?: string
  reason: string
}

/** Suspends deletion: whose, which classes, for which matter. It takes effect at once. */
export function PlaceHold({ subject, onClose }: { subject?: string; onClose: () => void }) {
  const { t } = useTranslation()
  const tell = useTell()
  const names = usePackNames()
  const place = useMutation(placeHold)
  const [form] = Form.useForm<Written>()
  const tenures = useQuery({ ...tenuresQuery(subject ?? ''), enabled: subject !== undefined })
  const newest = tenures.data?.at(-1)
  const preset = newest && { value: newest.subject_id, label: newest.name ?? newest.staff_number }
  const heads = [...new Set(names.classes.map((c) => `${c.key.split('.')[0]}.*`))]
  const options = [...heads, ...names.classes.map((c) => c.key)].map((p) => ({
    value: p,
    label: patternWords([p], names),
  }))
  if (subject !== undefined && tenures.isPending) return null
  return (
    <FormDialog<Written>
      title={t('holdings.placeHold')}
      confirm={t('holdings.place')}
      busy={place.isPending}
      width={520}
      intro={<p className={shared.soft}>{t('holdings.placeMeans')}</p>}
      form={form}
      style={{ marginTop: 16 }}
      initialValues={{ subject: preset }}
      onFinish={(w) =>
        place.mutate(
          { subject_id: w.subject?.value, class_pattern: w.pattern, reason: w.reason.trim() },
          {
            onSuccess: () => {
              tell.done(t('holdings.placed'))
              onClose()
            },
            onError: tell.failed,
          },
        )
      }
      onClose={onClose}
    >
      <Form.Item name="subject" label={t('holdings.whose')} extra={t('holdings.whoseEmpty')}>
        <MemberSelect by="subject" label={t('holdings.whose')} />
      </Form.Item>
      <Form.Item name="pattern" label={t('instructions.classes')} extra={t('holdings.classesEmpty')}>
        <Select
          aria-label={t('instructions.classes')}
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          options={options}
        />
      </Form.Item>
      <Form.Item
        name="reason"
        label={t('holdings.matterTitle')}
        extra={t('holdings.matterHelp')}
        rules={[{ required: true, whitespace: true, message: t('ui.reasonNeeded') }]}
      >
        <Input maxLength={500} showCount />
      </Form.Item>
    </FormDialog>
  )
}
