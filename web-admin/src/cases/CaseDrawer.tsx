import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Drawer, Form } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { assignCase, type Case, closeCase, prolongCase } from '@/api/queries/cases'
import { usePackNames } from '@/api/queries/pack'
import { usePowers } from '@/api/queries/powers'
import { word } from '@/i18n'
import type { Chosen } from '@/instructions/draft'
import { MemberSelect } from '@/instructions/MemberSelect'
import { Act } from '@/ui/Act'
import { Facts } from '@/ui/Facts'
import { FormDialog } from '@/ui/FormDialog'
import { instant } from '@/ui/format'
import { Person } from '@/ui/Person'
import { ReasonDialog } from '@/ui/ReasonDialog'
import { useTell } from '@/ui/useTell'
import css from './Cases.module.css'

/** One case: what it opens to whom, until when, and its end. */
export function CaseDrawer({ c, onClose }: { c: Case; onClose: () => void }) {
  const { t } = useTranslation()
  const tell = useTell()
  const names = usePackNames()
  const powers = usePowers()
  const [asked, setAsked] = useState<'assign' | 'close' | null>(null)
  const assign = useMutation(assignCase)
  const prolong = useMutation(prolongCase)
  const close = useMutation(closeCase)
  const ends = (text: string) => ({
    onSuccess: () => {
      setAsked(null)
      tell.done(text)
    },
    onError: tell.failed,
  })
  const operations = c.scope.operations.map((o) => word('instructions.operations', o)).join(t('ui.and'))
  return (
    <Drawer
      open
      onClose={onClose}
      size={520}
      title={`${word('cases.kinds', c.kind)} · ${word('cases.states', c.state)}`}
    >
      <div className={css.drawer}>
        <p>{c.matter}</p>
        <Facts
          facts={[
            [t('cases.about'), <Person key="about" name={c.about.name} number={c.about.staff_number} />],
            [t('cases.assignee'), <Person key="to" name={c.assignee.name} number={c.assignee.staff_number} />],
            [t('cases.opens'), c.scope.classes.map(names.ofClass).join(t('ui.and'))],
            [t('cases.operations'), operations],
            [t('cases.purpose'), word('purposes', c.scope.purpose)],
            [t('cases.openedBy'), <Person key="by" name={c.opened_by.name} number={c.opened_by.staff_number} />],
            [t('cases.openedAt'), instant(c.opened_at)],
            [t('cases.until'), c.state === 'open' ? instant(c.until) : null],
            [t('cases.closedAt'), c.closed_at ? instant(c.closed_at) : null],
            [t('cases.outcome'), c.outcome ?? null],
          ]}
        />
        {powers.has('instructions.read') && (
          <Link to="/instructions/$id" params={{ id: c.instruction_id }}>
            {t('cases.instruction')}
          </Link>
        )}
        <div className={css.acts}>
          <Act can={c.can.assign} label={t('cases.assign')} onClick={() => setAsked('assign')} />
          <Act
            can={c.can.assign}
            label={t('cases.prolong')}
            loading={prolong.isPending}
            onClick={() => prolong.mutate(c.id, ends(t('cases.prolonged')))}
          />
          <Act can={c.can.close} danger label={t('cases.close')} onClick={() => setAsked('close')} />
        </div>
      </div>
      {asked === 'close' && (
        <ReasonDialog
          title={t('cases.closeTitle')}
          consequence={t('cases.closeMeans')}
          confirm={t('cases.close')}
          danger
          busy={close.isPending}
          onConfirm={(outcome) =>
            close.mutate({ id: c.id, outcome, own: !powers.has('cases.manage') }, ends(t('cases.closedNow')))
          }
          onClose={() => setAsked(null)}
        />
      )}
      {asked === 'assign' && (
        <FormDialog<{ assignee: Chosen }>
          title={t('cases.assign')}
          confirm={t('cases.assign')}
          busy={assign.isPending}
          onFinish={({ assignee }) =>
            assign.mutate({ id: c.id, assignee: assignee.value }, ends(t('cases.assignedNow')))
          }
          onClose={() => setAsked(null)}
        >
          <p>{t('cases.assignMeans')}</p>
          <Form.Item
            name="assignee"
            label={t('cases.assignee')}
            rules={[{ required: true, message: t('cases.assigneeNeeded') }]}
          >
            <MemberSelect by="membership" label={t('cases.assignee')} />
          </Form.Item>
        </FormDialog>
      )}
    </Drawer>
  )
}
