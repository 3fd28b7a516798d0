import { expect } from 'vitest'
import { type House, Somebody, story } from './words'

story('who has what is kept together where it is alike, revoked one by one, and nobody answers for their own', async (house: House) => {
  const zhou = await Somebody.signedIn(house, 'primary_admin')
  const officer = await Somebody.signedIn(house, 'privacy_officer')
  const appointed = async (number: string) => {
    const found = await zhou.page.request.get(`/api/v1/members?q=${number}`)
    const member = (await found.json()).items[0]
    await zhou.goesTo(`/people/${member.id}`)
    await zhou.button('任命').click()
    const dialog = zhou.page.getByRole('dialog')
    await dialog.getByRole('radio', { name: /^数据操作员/ }).click()
    await dialog.getByRole('button', { name: '任命' }).click()
    await dialog.waitFor({ state: 'detached' })
    return member.name as string
  }
  const names = [await appointed('A0041'), await appointed('A0043')]

  await officer.goesTo('/people/certification')
  await officer.sees('每季度由他人核定谁拥有什么')
  await officer.button('立即开始核定').click()
  await officer.sees(/待核定 \d+/)
  const row = (name: string) => officer.page.getByRole('row').filter({ hasText: name })
  await row(names[0] as string).waitFor()
  await officer.takesAPicture('certification')
  await officer.findsThePageInOrder()
  const own = await officer.page.request.get('/api/v1/me').then(async (me) => (await me.json()).member.name)
  expect(await row(own).getByRole('button', { name: '保留' }).isDisabled()).toBe(true)

  // One is taken, then all that are alike; what is not alike says why it cannot join.
  await officer.page.getByRole('checkbox', { name: new RegExp(`^选择 ${names[0]} `) }).check()
  await officer.button(/^选择全部 \d+ 条数据操作员/).click()
  await officer.page.getByRole('checkbox', { name: new RegExp(`^选择 ${names[1]} `) }).uncheck()
  await officer.takesAPicture('certification-batch')
  await officer.findsThePageInOrder()
  await officer.button('一起保留').click()
  await officer.field('理由').fill('每月核算仍需要')
  await officer.page.getByRole('dialog').getByRole('button', { name: '保留' }).click()
  await row(names[0] as string).getByText('保留').waitFor()
  await row(names[1] as string).getByRole('button', { name: '收回' }).click()
  await officer.field('理由').fill('已调离该岗位')
  await officer.page.getByRole('dialog').getByRole('button', { name: '收回' }).click()
  await row(names[1] as string).getByText('已收回').waitFor()

  // The rest waits in the inbox of whoever may answer; with the last answer the list is done.
  await zhou.goesTo('/inbox')
  await zhou.page.getByRole('link', { name: '核定谁拥有什么' }).click()
  await zhou.takesAPicture('certification-card')
  await zhou.findsThePageInOrder()
  await zhou.button('去核定').click()
  const keepsAll = (who: Somebody) =>
    who.page.evaluate(async () => {
      const read = async (path: string) => (await fetch(`/api/v1${path}`)).json()
      const { csrf_token } = await read('/session')
      const [list] = (await read('/certifications')).items
      const lines = (await read(`/certifications/${list.id}/lines?limit=200`)).items
      for (const line of lines.filter((l: { answer: { allowed: boolean } }) => l.answer.allowed)) {
        const answer = await fetch(`/api/v1/certifications/${list.id}/decisions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-csrf-token': csrf_token, 'idempotency-key': crypto.randomUUID() },
          body: JSON.stringify({ lines: [line.id], verdict: 'keep', reason: '岗位仍需' }),
        })
        if (answer.status !== 201) throw new Error(await answer.text())
      }
    })
  await keepsAll(officer)
  await keepsAll(zhou)
  await zhou.page.reload()
  await zhou.sees('已完成')
})

story('an auditor sees that excluded roles never met, and who sees what', async (house: House) => {
  const auditor = await Somebody.signedIn(house, 'auditor', { language: 'en', width: 390, scheme: 'dark' })
  await auditor.goesTo('/people/roles')
  await auditor.sees('It never happened')
  await auditor.takesAPicture('separation')
  await auditor.findsThePageInOrder()
  const download = auditor.page.waitForEvent('download')
  await auditor.button('Export the proof').click()
  expect((await download).suggestedFilename()).toBe('tenure-role-separation.json')

  await auditor.goesTo('/people/access?class=attendance.clock_in')
  await auditor.sees('Permitted')
  await auditor.takesAPicture('access')
  await auditor.findsThePageInOrder()
})

story('a role of the organisation’s own is defined, approved, and stands in the matrix', async (house: House) => {
  const han = await Somebody.signedIn(house, 'security_admin', { language: 'en', width: 1024 })
  await han.goesTo('/people/roles')
  await han.button('Define a role').click()
  const dialog = han.page.getByRole('dialog')
  await dialog.getByLabel('Key').fill('attendance_clerk')
  await dialog.getByLabel('Name in Chinese').fill('考勤专员')
  await dialog.getByLabel('Name in English').fill('Attendance clerk')
  const picks = async (label: string, typed: string) => {
    await dialog.getByLabel(label).fill(typed)
    await han.page.keyboard.press('Enter')
    await han.page.keyboard.press('Escape')
  }
  await picks('Opens', 'attendance.clock_in')
  await picks('Purpose', 'payroll')
  await dialog.getByLabel('Reason', { exact: true }).fill('checks working hours')
  await han.takesAPicture('own-role-dialog')
  await han.findsThePageInOrder()
  await dialog.getByRole('button', { name: 'Ask for approval' }).click()
  await han.sees('waits for approval')

  const officer = await Somebody.signedIn(house, 'privacy_officer', { language: 'en', width: 390, scheme: 'dark' })
  await officer.goesTo('/people/roles')
  await officer.page.getByRole('link', { name: 'The instruction that it rests on' }).click()
  await officer.button('Approve').click()
  const asked = officer.page.getByRole('dialog')
  await asked.getByRole('button', { name: 'Approve' }).click()
  await asked.waitFor({ state: 'detached' })
  await officer.goesTo('/people/roles')
  await officer.page.getByRole('button', { name: /^Attendance clerk × Auditor: excluded/ }).first().waitFor()
  await officer.takesAPicture('own-roles')
  await officer.findsThePageInOrder()
})
