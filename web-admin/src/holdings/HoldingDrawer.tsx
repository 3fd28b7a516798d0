import { useQuery } from '@tanstack/react-query'
import { Drawer } from 'antd'
import { useTranslation } from 'react-i18next'
import { type Holding, holdingQuery, type Side } from '@/api/queries/holdings'
import { usePackNames } from '@/api/queries/pack'
import { useShows } from '@/shell/inView'
import { Loaded } from '@/ui/Page'
import { ControlTab } from './ControlTab'
import { InstructionTab } from './InstructionTab'
import { Panels } from './Panels'
import { ProofTab, SeenTab } from './RecordTabs'
import { RetentionTab } from './RetentionTab'

export const TABS = ['control', 'instruction', 'seen', 'retention', 'proof'] as const
export type TabKey = (typeof TABS)[number]

/** Everything about one side of a holding: whose it is, who may use it, who did, until when, and what proves it. */
export function HoldingDrawer({
  id,
  subject,
  tab,
  onTab,
  onClose,
}: {
  id: string
  subject: string
  tab: TabKey
  onTab: (tab: TabKey) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const names = usePackNames()
  const query = useQuery(holdingQuery(id))
  const side = query.data?.sides.find((s) => s.subject_id === subject) ?? query.data?.sides[0]
  const title = side ? names.ofClass(side.class) : t('holdings.one')
  useShows('holding', id, side ? title : undefined)
  const tabs: Record<TabKey, (h: Holding, s: Side) => React.ReactNode> = {
    control: (h, s) => <ControlTab h={h} side={s} />,
    instruction: (_, s) => <InstructionTab id={id} side={s} />,
    seen: () => <SeenTab id={id} />,
    retention: (_, s) => <RetentionTab id={id} side={s} />,
    proof: (h, s) => <ProofTab id={id} h={h} side={s} />,
  }
  return (
    <Drawer open onClose={onClose} size={600} title={title} styles={{ body: { paddingTop: 4 } }}>
      <Loaded query={query}>
        {(h) =>
          side && (
            <Panels label={title} keys={TABS} name={(key) => t(`holdings.tabs.${key}`)} shown={tab} onShow={onTab}>
              {tabs[tab](h, side)}
            </Panels>
          )
        }
      </Loaded>
    </Drawer>
  )
}
