// What is wrong with the open page, in words: by axe-core, and by checks of our own for what it cannot decide or see.
async ([rules, touch]) => {
    const least = 24  // CSS pixels (WCAG 2.2, 2.5.8)
    const purposes = {  // WCAG 2.2, 1.3.5
        email: ['username', 'email'], password: ['current-password', 'new-password'],
        password_again: ['new-password'], current_password: ['current-password'], code: ['one-time-code'],
        first_name: ['given-name'], last_name: ['family-name'], middle_name: ['additional-name'],
        phone_number: ['tel'], date_of_birth: ['bday'],
    }
    const all = selector => [...document.querySelectorAll(selector)]
    const isShown = each => each.checkVisibility() && !each.closest('.unseen')
    const plainly = each => each.outerHTML.replace(/name="csrf".*?>/, '')
    const channels = colour => (colour.match(/[\d.]+/g) || []).map(Number)
    const luminance = colour => channels(colour).slice(0, 3).map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0)
    const contrast = (one, other) => {
        const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
        return (light + 0.05) / (dark + 0.05)
    }
    const isOpaque = colour => (channels(colour)[3] ?? 1) === 1 && colour !== 'transparent'
    const canvas = () => {  // the browser's own ground, which axe takes for white in the dark as well
        const probe = document.createElement('i')
        probe.style.backgroundColor = 'Canvas'
        document.body.append(probe)
        const colour = getComputedStyle(probe).backgroundColor
        probe.remove()
        return colour
    }
    const groundOf = each => {
        for (let at = each; at; at = at.parentElement)
            if (isOpaque(getComputedStyle(at).backgroundColor)) return getComputedStyle(at).backgroundColor
        return canvas()
    }

    const canBeRead = node => contrast(getComputedStyle(node).color, groundOf(node)) >= 4.5

    // what axe leaves open, each kind decided by a check of our own; a kind that has none is a finding
    const decided = {
        // it saw something in front: our pages lay nothing over anything, so the ground is the nearest opaque one
        'color-contrast:elmPartiallyObscured': node => canBeRead(node),
        'color-contrast:equalRatio': node => canBeRead(node),
        // a frame of an app's, on another origin: unseen, out of the way of the keyboard, and it says what it is for
        'frame-tested:': node => node.matches('iframe.unseen[title]:not([title=""])') && node.clientWidth <= 1,
    }
    const result = await axe.run(document, rules)
    const violations = result.violations.map(one => `${one.id}: ${one.nodes.map(node => node.html)}`)
    const undecided = result.incomplete.flatMap(one => one.nodes.flatMap(node =>
        [...node.any, ...node.all, ...node.none].filter(check => {
            const decide = decided[`${check.id}:${check.data?.messageKey ?? ''}`]
            return !decide || !decide(document.querySelector(node.target[0]))
        }).map(check => `undecided ${check.id}:${check.data?.messageKey ?? ''}: ${node.html}`)))

    const controls = all('a[href], button, summary, input:not([type=hidden]), select').filter(isShown)
    const smaller = (each, size) => {
        const box = each.getBoundingClientRect()
        return box.height < size || box.width < size
    }
    const isInSentence = each => each.matches('a:not(.button)') && getComputedStyle(each).display === 'inline'
    const tooSmall = [
        ...all('button, summary, input, select, a.button, footer a, nav a, p > a:only-child').filter(isShown)
            .filter(each => each.getBoundingClientRect().height < touch),
        ...controls.filter(each => smaller(each, least) && !isInSentence(each)),
    ].map(each => `too small: ${plainly(each)}`)

    const focused = document.activeElement
    const hidden = controls.filter(each => {  // WCAG 2.2, 2.4.11
        each.focus()
        const box = each.getBoundingClientRect()
        const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
        return !(top && (each === top || each.contains(top)))
    }).map(each => `hidden although it has the focus: ${plainly(each)}`)
    focused.focus?.()

    const wrong = all('[aria-invalid=true]')
    const explains = each => (each.getAttribute('aria-describedby') || '').split(' ').filter(Boolean)
        .map(id => document.getElementById(id))
    const unexplained = wrong.filter(each => !explains(each).length || !explains(each).every(one => one && isShown(one)))
        .map(each => `wrong without a word why: ${plainly(each)}`)
    const first = wrong[0] && focused !== wrong[0] ? [`the first mistake has no focus: ${plainly(wrong[0])}`] : []

    const failed = performance.getEntriesByType('navigation')[0].responseStatus >= 400
    const error = {en: 'Error: ', es: 'Error: '}[document.documentElement.lang]
    const title = document.title.startsWith(error) === failed ? [] : [`${failed ? 'no' : 'an'} error: ${document.title}`]

    const nameless = all('input:not([type=hidden]), select').filter(isShown).filter(each => each.name in purposes)
        .filter(each => !purposes[each.name].includes(each.autocomplete)).map(each => `no purpose: ${plainly(each)}`)
    const pasted = all('input:not([type=hidden])').filter(isShown)  // WCAG 2.2, 3.3.8
        .filter(each => !each.dispatchEvent(new ClipboardEvent('paste', {bubbles: true, cancelable: true})))
        .map(each => `does not let paste: ${plainly(each)}`)

    const width = () => document.documentElement.scrollWidth - document.documentElement.clientWidth
    const tooWide = width() > 0 ? [`${width()} pixels too wide`] : []
    const spacing = new CSSStyleSheet()  // WCAG 2.2, 1.4.12
    spacing.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }' +
        'p { margin-bottom: 2em !important }')
    document.adoptedStyleSheets = [spacing]
    const spacedOut = width() > 0 ? [`${width()} pixels too wide when spaced`] : []
    document.adoptedStyleSheets = []

    return [...violations, ...undecided, ...tooSmall, ...hidden, ...unexplained, ...first, ...title, ...nameless,
        ...pasted, ...tooWide, ...spacedOut]
}
