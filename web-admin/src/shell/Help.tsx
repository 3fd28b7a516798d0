import { Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import css from './Help.module.css'

/** The keys that work, by place. */
export default function Help({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const keys = [
    ['Ctrl/⌘ K', t('help.palette')],
    ['?', t('help.help')],
    ['~', t('help.records')],
    ['J / K', t('help.move')],
    ['Enter', t('help.open')],
    ['A', t('help.approve')],
    ['D', t('help.refuse')],
    ['X', t('help.select')],
    ['R', t('help.again')],
    ['S', t('help.resolve')],
    ['Z', t('help.undo')],
    ['Esc', t('help.close')],
  ]
  return (
    <Modal open title={t('help.title')} onCancel={onClose} footer={null} width={460}>
      <dl className={css.keys}>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
