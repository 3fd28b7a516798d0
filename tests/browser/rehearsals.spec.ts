import { expect } from 'vitest'
import { aSampleOfItsOwn, asProgram, theClockReaches } from './place'
import { look, type Screen, Somebody } from './words'

const REASON = '每月核算工资时核对职位。'

look('whoever says yes sees what it would do, until that is not true any more; so does who appoints or changes the pack', async (house) => {
  const place = await aSampleOfItsOwn(house)
  // What an application asked for somebody and was refused is what a new instruction would permit.
  const [han, song, privacy] = await Promise.all([
    asProgram(place, 'security_admin'),
    asProgram(place, 'data_operator'),
    asProgram(place, 'privacy_officer'),
  ])
  const proposes = (cls: string, role: string, reason: string) =>
    han('POST', '/instructions', {
      kind: 'standing',
      purpose: 'payroll',
      scope: { classes: [cls], operations: ['read'], roles: [role] },
      reason,
    })
  const first = async (path: string) => (await song('GET', path)).items[0]
  // A record keeps the purposes that some instruction names.
  const other = await proposes('attendance.*', 'hr_admin', '每月核算工资。')
  await privacy('POST', `/instructions/${other.id}/approve`, {})
  const key = await han('POST', '/api-keys', {
    name: '工资核算',
    scopes: ['decisions.ask'],
    expires_at: new Date(Date.now() + 86_400_000).toISOString(),
  })
  const member = await first(`/members?q=${encodeURIComponent('许砚秋')}`)
  const holding = await first(`/holdings?subject=${member?.subject_id}&class=hr.position`)
  const lin = await first('/members?q=A0041')
  const operator = await first(`/members?q=${encodeURIComponent('宋一鸣')}`)
  const asked = await fetch(`${place.base_url}/access/v1/evaluation`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key.token}` },
    body: JSON.stringify({
      subject: { type: 'staff_number', id: operator?.staff_number },
      action: { name: 'read' },
      resource: { type: 'holding', id: holding?.holding_id },
      context: { purpose: 'payroll' },
    }),
  })
  expect(await asked.json()).toMatchObject({ decision: false, context: { reason: 'decision.no-instruction' } })
  const proposed = await proposes('hr.position', 'data_operator', REASON)
  await theClockReaches(place, new Date())

  const address = `/instructions/${proposed.id}`
  const found = (who: Somebody) => who.page.getByRole('region', { name: who.screen.language === 'en' ? 'Rehearsal' : '预演' })
  const gu = await Somebody.signedIn(place, 'privacy_officer')
  await gu.goesTo('/inbox')
  await gu.page.getByRole('listitem').filter({ hasText: REASON }).getByRole('link').click()
  await gu.page.getByText(/新允许 1 条/).waitFor()
  await gu.takesAPicture('rehearsal-card')
  await gu.findsThePageInOrder()
  await gu.page.getByRole('link', { name: /新允许 1 条/ }).click()
  await gu.page.waitForURL(`**${address}`)
  await found(gu).getByText('新允许 1 次').waitFor()
  await gu.takesAPicture('rehearsal-approver')
  await gu.findsThePageInOrder()

  // Too many days later it says so itself, and is put again.
  await theClockReaches(place, new Date(Date.now() + 8 * 86_400_000))
  for (const screen of [{ language: 'en', scheme: 'dark', width: 390 }, {}] satisfies Screen[]) {
    const later = await Somebody.signedIn(place, 'privacy_officer', screen)
    await later.goesTo(address)
    const english = later.screen.language === 'en'
    await found(later).getByText(english ? /too old/ : '这次预演已经过期').waitFor()
    await later.takesAPicture('rehearsal-expired')
    await later.findsThePageInOrder()
    if (english) continue
    await later.button('重新预演').click()
    await later.button('重新预演').waitFor({ state: 'detached' })
    await found(later).getByText('新允许 1 次').waitFor()
    await later.button('同意').click()
    const asked = later.page.getByRole('dialog')
    await asked.getByRole('button', { name: '同意' }).click()
    await asked.waitFor({ state: 'detached' })
    // What was said yes to stays beside what it was said on.
    await later.page.getByRole('region', { name: /预演/ }).getByText('新允许 1 次').waitFor()
  }

  const zhou = await Somebody.signedIn(place, 'primary_admin', { width: 1024 })
  await zhou.goesTo(`/people/${lin?.id}`)
  await zhou.button('任命').click()
  const appoints = zhou.page.getByRole('dialog')
  await appoints.getByRole('radio', { name: /^数据操作员/ }).click()
  await appoints.getByRole('button', { name: '预演' }).click()
  await appoints.getByText('新允许的决定').waitFor()
  await zhou.takesAPicture('rehearsal-role')
  await zhou.findsThePageInOrder()

  await zhou.goesTo('/settings/organisation')
  await zhou.page.getByRole('checkbox').first().check()
  await zhou.button('保存').click()
  const effect = zhou.page.getByRole('dialog')
  await effect.getByRole('button', { name: '预演' }).click()
  await effect.getByText('新允许的决定').waitFor()
  await effect.getByText('正在预演').waitFor({ state: 'hidden' })
  await zhou.takesAPicture('rehearsal-settings')
  await zhou.findsThePageInOrder()
})
