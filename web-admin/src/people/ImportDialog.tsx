import { useMutation } from '@tanstack/react-query'
import { Button, Modal } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ImportReport, importMembers } from '@/api/queries/people'
import { hasWord, word } from '@/i18n'
import { number } from '@/ui/format'
import { Strip } from '@/ui/Strip'
import shared from '@/ui/shared.module.css'
import { useTell } from '@/ui/useTell'
import css from './People.module.css'

/** People from a file: first what would happen, with every row that cannot go in and why; then the same for good. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const tell = useTell()
  const choose = useId()
  const [file, setFile] = useState<File | null>(null)
  const run = useMutation({ ...importMembers, onError: tell.failed })
  const report = run.data
  const done = report && !report.dry_run
  const canImport = file !== null && report?.dry_run === true && report.rows > report.rejected
  return (
    <Modal
      open
      title={t('people.importTitle')}
      width={720}
      onCancel={onClose}
      mask={{ closable: !run.isPending }}
      footer={
        done ? (
          <Button type="primary" onClick={onClose}>
            {t('people.importDone')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('ui.cancel')}</Button>
            <Button
              type={canImport ? 'default' : 'primary'}
              disabled={!file}
              loading={run.isPending && run.variables?.dryRun}
              onClick={() => file && run.mutate({ file, dryRun: true })}
            >
              {t('people.dryRun')}
            </Button>
            <Button
              type={canImport ? 'primary' : 'default'}
              disabled={!canImport}
              loading={run.isPending && run.variables?.dryRun === false}
              onClick={() => file && run.mutate({ file, dryRun: false })}
            >
              {report?.dry_run
                ? t('people.importRows', {
                    count: report.rows - report.rejected,
                    n: number(report.rows - report.rejected),
                  })
                : t('people.import')}
            </Button>
          </>
        )
      }
    >
      <div className={shared.stack}>
        <p className={shared.soft}>{t('people.importHelp')}</p>
        <p className={shared.soft}>
          <code>{COLUMNS}</code>
        </p>
        <div>
          <label htmlFor={choose}>{t('people.file')}</label>{' '}
          <input
            id={choose}
            type="file"
            accept=".csv,text/csv"
            onChange={(e) => {
              setFile(e.target.files?.[0] ?? null)
              run.reset()
            }}
          />
        </div>
        <div aria-live="polite">{report && <Report report={report} />}</div>
      </div>
    </Modal>
  )
}

/** As the server knows them; it names any other that it meets. */
const COLUMNS =
  'staff_number, name, email, phone, account, first_day, last_day, department, department_name, position, manager'

function Report({ report: r }: { report: ImportReport }) {
  const { t } = useTranslation()
  const figures = (['joined', 'changed', 'leaving', 'rescinded', 'unchanged', 'rejected'] as const).filter(
    (f) => r[f] > 0 || f === 'joined' || f === 'rejected',
  )
  return (
    <div className={shared.stack}>
      <Strip tone={r.rejected > 0 ? 'danger' : 'accent'}>
        {r.dry_run
          ? t('people.wouldBe', { count: r.rows, n: number(r.rows) })
          : t('people.imported', { count: r.rows - r.rejected, n: number(r.rows - r.rejected) })}
      </Strip>
      <dl className={css.figures}>
        {figures.map((f) => (
          <div key={f}>
            <dt>{t(`people.figures.${f}`)}</dt>
            <dd>{number(r[f])}</dd>
          </div>
        ))}
      </dl>
      {r.rejections.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so by keyboard
        <section className={css.rejected} tabIndex={0} aria-label={t('people.figures.rejected')}>
          <table>
            <thead>
              <tr>
                <th scope="col" className={css.stuck}>
                  {t('people.line')}
                </th>
                <th scope="col" className={css.stuck}>
                  {t('people.staffNumber')}
                </th>
                <th scope="col" className={css.stuck}>
                  {t('people.whyNot')}
                </th>
              </tr>
            </thead>
            <tbody>
              {r.rejections.map((row) => (
                <tr key={row.line}>
                  <td>{number(row.line)}</td>
                  <td>
                    <bdi>{row.staff_number}</bdi>
                  </td>
                  <td>
                    {hasWord('problems', row.code) ? word('problems', row.code) : row.detail}
                    {row.column && <> · {row.column}</>} <code>{row.code}</code>
                  </td>
                </tr>
              ))}
              {r.further.map((one) => (
                <tr key={one.code}>
                  <td colSpan={2}>
                    {one.lines
                      .map(({ first, last }) => (first === last ? number(first) : `${number(first)}–${number(last)}`))
                      .join(t('ui.listComma'))}
                  </td>
                  <td>
                    {hasWord('problems', one.code) && word('problems', one.code)} <code>{one.code}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  )
}
