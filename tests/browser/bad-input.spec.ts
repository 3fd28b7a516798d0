import { expect } from 'vitest'
import { calls } from './place'
import { type House, hrSays, look, type Role, Somebody, story } from './words'

const far = () => new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10)

/** The sessions of somebody end, as if it was late; what is open in a browser does not know yet. */
async function sessionsEnd(house: House, role: Role) {
  const elsewhere = await Somebody.signedIn(house, role)
  await calls(elsewhere, 'POST', '/auth/sign-out-everywhere')
}

/** The dialog that asks for the password again, where they are. */
async function signsInAgain(who: Somebody, role: Role) {
  const again = who.page.getByRole('dialog', { name: '请重新登录' })
  await again.getByLabel('邮箱或手机号').fill(who.organisation.accounts[role].identifier)
  await again.getByLabel('密码', { exact: true }).fill(who.organisation.accounts[role].password)
  await who.takesAPicture('session-over')
  await again.getByRole('button', { name: '登录', exact: true }).click()
  await again.waitFor({ state: 'detached' })
}

async function chooses(who: Somebody, label: string, option: string, typed?: string) {
  const box = who.page.getByRole('combobox', { name: label })
  await box.click()
  if (typed) await box.fill(typed)
  await who.page.locator('.ant-select-item-option:visible').filter({ hasText: option }).first().click()
}

async function writesAnInstruction(who: Somebody, purpose: string) {
  await who.goesTo('/instructions/new')
  await chooses(who, '允许哪些角色', '数据操作员')
  await who.page.keyboard.press('Escape')
  await chooses(who, '允许做什么', '查看')
  await who.page.keyboard.press('Escape')
  await chooses(who, '数据类别', '职位', 'hr.position')
  await who.page.keyboard.press('Escape')
  await who.field('用途').fill(purpose)
  await who.field('理由').fill('每季度核对。')
}

look('a session that ends in the middle of a form loses nothing of it, and the click counts once', async (house) => {
  const han = await Somebody.signedIn(house, 'security_admin')
  const purpose = `会话 ${Math.floor(performance.now())}`
  await writesAnInstruction(han, purpose)
  await han.sees('人的数据会受影响')
  await sessionsEnd(house, 'security_admin')
  await han.button('提交').click()
  await signsInAgain(han, 'security_admin')
  await han.page.waitForURL(/\/instructions\/[0-9a-f-]{36}$/)
  await han.sees(purpose)
  const { items } = (await calls(han, 'GET', '/instructions?state=pending&limit=200')) as { items: { purpose: string }[] }
  expect(items.filter((i) => i.purpose === purpose).length).toBe(1)

  // In a dialog, and in what stands beside a page.
  const gu = await Somebody.signedIn(house, 'privacy_officer')
  await gu.goesTo('/cases')
  await gu.button('立案').click()
  await chooses(gu, '所涉人员', '许砚秋', '许砚秋')
  await chooses(gu, '分配给', '宋一鸣', '宋一鸣')
  await chooses(gu, '开放的数据', '学历', '学历')
  await gu.page.keyboard.press('Escape')
  await gu.page.getByLabel('案由').fill('会话过期之后')
  await sessionsEnd(house, 'privacy_officer')
  await gu.page.getByRole('dialog').getByRole('button', { name: '立案' }).click()
  await signsInAgain(gu, 'privacy_officer')
  await gu.sees('已立案。')

  const shen = await Somebody.signedIn(house, 'primary_admin')
  await shen.goesTo('/people/roles')
  await shen.page.getByRole('row').nth(1).waitFor()
  await sessionsEnd(house, 'primary_admin')
  // A page that is gone to, and its search.
  await shen.page.getByRole('link', { name: '成员' }).first().click()
  await signsInAgain(shen, 'primary_admin')
  await shen.field('查找成员').fill('\u200bA0007\ufeff')
  await shen.page.getByRole('row').filter({ hasText: 'A0007' }).waitFor()
})

look('while the server is gone no click is lost, also one to a page that was never fetched', async (house) => {
  const han = await Somebody.signedIn(house, 'security_admin')
  const purpose = `失联 ${Math.floor(performance.now())}`
  await writesAnInstruction(han, purpose)
  await han.sees('人的数据会受影响')
  await han.page.context().setOffline(true)
  await han.button('提交').click()
  await han.sees('服务器暂时没有响应')
  await han.takesAPicture('server-gone')
  await han.findsThePageInOrder()
  await han.page.context().setOffline(false)
  await han.page.waitForURL(/\/instructions\/[0-9a-f-]{36}$/)
  await han.page.getByText('服务器暂时没有响应').waitFor({ state: 'detached' })
  const { items } = (await calls(han, 'GET', '/instructions?state=pending&limit=200')) as { items: { purpose: string }[] }
  expect(items.filter((i) => i.purpose === purpose).length).toBe(1)

  await han.goesTo('/inbox')
  await han.page.context().setOffline(true)
  await han.page.getByRole('link', { name: '策略包', exact: true }).click()
  await han.sees('服务器暂时没有响应')
  await han.page.context().setOffline(false)
  await han.page.getByRole('heading', { level: 1, name: '策略包' }).waitFor()
  await han.page.locator('main').getByRole('listitem').nth(2).waitFor()
})

story('of two who change one line the later one sees both, and decides knowingly', async (house) => {
  const number = house.database === 'sqlite' ? 'A0031' : 'A0032'
  await hrSays(house, { type: 'member.leaving', data: { staff_number: number, last_day: far(), reason: 'resignation' } })
  const one = await Somebody.signedIn(house, 'hr_admin')
  const found = async () => {
    const { items } = (await calls(one, 'GET', '/departures?limit=200')) as {
      items: { id: string; staff_number: string; state: string }[]
    }
    return items.find((d) => d.staff_number === number && d.state === 'planned')?.id
  }
  await expect.poll(found, { timeout: 20_000 }).toBeTruthy()
  const id = await found()
  const other = await Somebody.signedIn(house, 'hr_admin')
  const opens = async (who: Somebody) => {
    await who.goesTo(`/departures/${id}`)
    await who.page.getByRole('button', { name: /紧急联系人/ }).first().click()
    const drawer = who.page.getByRole('dialog')
    await drawer.getByRole('radio', { name: /^删除/ }).waitFor()
    return drawer
  }
  const [first, second] = [await opens(one), await opens(other)]
  await first.getByRole('radio', { name: /^删除/ }).click()
  await first.getByRole('button', { name: '保存修改' }).click()
  await first.waitFor({ state: 'detached' })
  await second.getByRole('radio', { name: /^匿名化/ }).click()
  await second.getByRole('button', { name: '保存修改' }).click()
  await second.getByText('他人刚刚修改了这一行：现为“删除”，您选择了“匿名化”').waitFor()
  await other.takesAPicture('line-conflict')
  await other.findsThePageInOrder()
  await second.getByRole('button', { name: '保存修改' }).click()
  await second.waitFor({ state: 'detached' })
  const lines = (await calls(other, 'GET', `/departures/${id}/lines`)) as unknown as {
    class: string
    disposition: string
  }[]
  expect(lines.find((l) => l.class === 'contacts.emergency')?.disposition).toBe('anonymise')
})

story('a link to what another organisation has is answered as one to what nobody has', async (house) => {
  const [, neighbour] = house.organisations
  const theirs = Object.values(neighbour?.members ?? {})[0]
  expect(theirs).toBeTruthy()
  const nobodys = '01900000-0000-7000-8000-000000000000'
  const shen = await Somebody.signedIn(house, 'primary_admin')
  for (const path of ['/people', '/departures', '/instructions']) {
    const said: string[] = []
    for (const id of [theirs, nobodys]) {
      await shen.goesTo(`${path}/${id}`)
      await shen.page.getByRole('status', { name: '正在加载' }).waitFor({ state: 'detached' })
      said.push((await shen.page.locator('main').innerText()).replaceAll(String(id), '…'))
    }
    expect(said[0], path).toBe(said[1])
    expect(said[0], path).toMatch(/没有找到/)
  }
  await shen.takesAPicture('neighbours')
  await shen.findsThePageInOrder()
})
