var e,t,n,r,i,a,o,s,c,l,u,d=Symbol.for(`pv`),f={},p=[],m=/^m(i|n|o|s|text|space)$/,h=Array.isArray,g=p.slice,_=Object.assign;function v(e){e&&e.parentNode&&e.remove()}function y(n,r,i,a,o){var s={type:n,props:r,key:i,ref:a,__k:null,__:null,__b:0,__e:null,__c:null,constructor:d,__v:o||++t,__i:-1,__u:0};return!o&&e.vnode&&e.vnode(s),s}function b(e){return e.children}function x(e,t){this.props=e,this.context=t,this.__g=0}function S(e,t){if(t==null)return e.__&&S(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!=`function`||e.props.__P?null:S(e)}function C(t){var n,r=t.__v,i=r.__e,a=[],o=[],s=t.__P;s&&((n=_({constructor:d},r)).__v=r.__v+1,e.vnode&&e.vnode(n),N(s,n,r,t.__n,s.namespaceURI,32&r.__u?[i]:null,a,i||S(r),32&r.__u,o),n.__v=r.__v,n.__.__k[n.__i]=n,F(a,n,o),r.__=r.__e=null,n.__e!=i&&w(n))}function w(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),w(e)}function T(t){(8&t.__g||(t.__g|=8,n.push(t),i++))&&r==e.debounceRendering||((r=e.debounceRendering)||queueMicrotask)(E)}function E(){try{for(var e,t=1;n.length;)n.length>t&&n.sort(a),e=n.shift(),t=n.length,8&e.__g&&C(e)}finally{(i=n.length)&&(r||queueMicrotask)(E)}}function ee(e,t,n,r,i,a,o,s,c,l,u){var d,m,h,g,_,v,y=r.__k||p,b=t.length;for(c=D(n,t,y,c,b),d=0;d<b;d++)(h=n.__k[d])!=null&&(m=~h.__i&&y[h.__i]||f,h.__i=d,v=N(e,h,m,i,a,o,s,c,l,u),g=h.__e,(m.ref!=h.ref||8&m.__u)&&(m.ref&&I(m.ref,null,h,m),h.ref&&u.push(h.ref,h.__c||g,h)),_||=g,4&h.__u?(c=O(h,c,e,!m.__v),m.__e&&(m.__e=null)):typeof h.type==`function`&&v!==void 0?c=v:g&&(c=g.nextSibling),h.__u&=-21);return n.__e=_,c}function D(e,t,n,r,i){var a,o,s,c,l,u,f,p,m,g=n.length,_=g,v=0,x=0,C=e.__k=Array(i);for(a=0;a<i;a++)(o=t[a])!=null&&typeof o!=`boolean`&&typeof o!=`function`?(typeof o!=`object`||o.constructor===String?o=C[a]=y(null,o):h(o)?o=C[a]=y(b,{children:o}):o.constructor===d&&o.__b?o=C[a]=y(o.type,o.props,o.key,o.ref,o.__v):C[a]=o,c=a+v,o.__=e,o.__b=e.__b+1,s=null,~(l=o.__i=k(o,n,c,_))&&(_--,(s=n[l])&&(s.__u|=2)),s&&s.__v?(o.__u|=16,l==c-1?v--:l==c+1?v++:l!=c&&(l>c?v--:v++,x=1)):(~l||(i>g?v--:i<g&&v++),typeof o.type!=`function`&&(o.__u|=4))):C[a]=null;if(x){for(u=[],f=[],a=0;a<i;a++)if((o=C[a])&&16&o.__u){for(v=0,p=u.length;v<p;)u[m=v+p>>1]<o.__i?v=m+1:p=m;u[v]=o.__i,f[a]=v+1}for(v=u.length;a--;)f[a]&&(f[a]==v?v--:C[a].__u|=4)}if(_)for(a=0;a<g;a++)!(s=n[a])||2&s.__u||(s.__e==r&&(r=S(s)),re(s,s));return r}function O(e,t,n,r){var i,a,o,s;if(typeof e.type==`function`){if(e.props.__P)return t;if(i=e.__k)for(a=0;a<i.length;a++)i[a]&&(i[a].__=e,t=O(i[a],t,n,!1));return t}for(t&&!t.parentNode&&(t=S(e))&&!t.parentNode&&(t=null),o=e.__e,s=t;s&&s.nodeType==8;)s=s.nextSibling;for(o!=s&&(!r&&n.moveBefore&&o.parentNode?n.moveBefore(o,t):n.insertBefore(o,t||null)),t=o;(t&&=t.nextSibling)&&t.nodeType==8&&!t.data.startsWith(`$s`););return t}function k(e,t,n,r){var i,a=e.key,o=e.type,s=t[n],c=s&&!(2&s.__u);if(s===null&&a==null||c&&a==s.key&&o==s.type)return n;if(r>+!!c){for(i=n-1;i>=0;i--)if((s=t[i])&&!(2&s.__u)&&a==s.key&&o==s.type)return i;for(i=n+1;i<t.length;i++)if((s=t[i])&&!(2&s.__u)&&a==s.key&&o==s.type)return i}return-1}function A(e,t,n){n??=``,t[0]==`-`?e.setProperty(t,n):e[t]=n}function j(e,t,n,r,i){var a,o;if(t==`style`){if(typeof n==`string`)e.style.cssText=n;else{if(typeof r==`string`&&(e.style.cssText=r=``),r)for(t in r)n&&t in n||A(e.style,t);if(n)for(t in n)r&&n[t]==r[t]||A(e.style,t,n[t])}}else if(t[0]==`o`&&t[1]==`n`)typeof n!=`function`&&(n=null),typeof r!=`function`&&(r=null),(e.__e||={})[t]=n,n&&r||(o=l[t]||(l[t]=M(t)),(e.__a||={})[t]=c,a=t!=(t=t.replace(s,`$1`)),(t=t.slice(2))[0]<`a`&&(t=t.toLowerCase()),n?e.addEventListener(t,o,a):e.removeEventListener(t,o,a));else{if(i==`http://www.w3.org/2000/svg`)t=t.replace(/xlink(H|:h)/,`h`).replace(/sName$/,`s`);else if(t!=`width`&&t!=`height`&&t!=`href`&&t!=`list`&&t!=`form`&&t!=`tabIndex`&&t!=`download`&&t!=`rowSpan`&&t!=`colSpan`&&t!=`role`&&t!=`popover`&&t in e)try{e[t]=n??``;return}catch{}if(typeof n==`function`)return;n==null||!1===n&&t[4]!=`-`?e.removeAttribute(t):e.setAttribute(t,t==`popover`&&n==1?``:n)}}function M(t){return function(n){var r=this.__e;if(r){if(r=r[t],n[o]==null)n[o]=c++;else if(n[o]<this.__a[t])return;return r(e.event?e.event(n):n)}}}function N(t,n,r,i,a,o,s,c,l,u){var f,m,g,y,C,w,T,E,D,O,k,A,j,M,N,F,I,L,R=n.type;if(n.constructor!==d)return null;128&r.__u&&(l=32&r.__u,f=r.__c.__z)&&(n.__u|=l,m=o=[],f.nodeType==8?c=P(f,o):o.push(f),c=o[0]||c),(f=e.__b)&&f(n);n:if(typeof R==`function`){g=s.length;try{if(E=n.props,D=(f=R.prototype)&&f.render,O=(f=R.contextType)&&i[f.__c],k=f?O?O.props.value:f.__:i,(y=r.__c)?(n.__c=y,2&y.__g&&(y.__g|=1)):(D?n.__c=y=new R(E,k):(n.__c=y=new x(E,k),y.constructor=R,y.render=ie),O&&O.sub(y),y.state||(y.state={}),y.__n=i,y.__g|=8,y.__h=[],y.__k=[]),D&&(y.__s||(y.__s=y.state),R.getDerivedStateFromProps&&(y.__s==y.state&&(y.__s=_({},y.__s)),_(y.__s,R.getDerivedStateFromProps(E,y.__s)))),C=y.props,w=y.state,y.__v=n,r.__c){if(E!==C&&D&&!R.getDerivedStateFromProps&&y.componentWillReceiveProps&&y.componentWillReceiveProps(E,k),n.__v==r.__v&&!(8&y.__g)||!(4&y.__g)&&y.shouldComponentUpdate&&!1===y.shouldComponentUpdate(E,y.__s,k)){n.__v!=r.__v&&(y.props=E,y.state=y.__s,y.__g&=-9),n.__e=r.__e,n.__k=r.__k,n.__k.some(function(e){e&&(e.__=n)}),p.push.apply(y.__h,y.__k),y.__k=[],y.__h.length&&s.push(y),c=S(r);break n}y.componentWillUpdate&&y.componentWillUpdate(E,y.__s,k),D&&y.componentDidUpdate&&y.__h.push(function(){y.componentDidUpdate(C,w,T)})}else D&&!R.getDerivedStateFromProps&&y.componentWillMount&&y.componentWillMount(),D&&y.componentDidMount&&y.__h.push(y.componentDidMount);y.context=k,y.props=E,y.__P=t,y.__g&=-5,A=e.__r,j=D?25:0;do y.__g&=-9,A&&A(n),f=y.render(y.props,y.state=y.__s,y.context);while(8&y.__g&&++j<25);D&&(p.push.apply(y.__h,y.__k),y.__k=[]),y.state=y.__s,y.getChildContext&&(i=_({},i,y.getChildContext())),D&&r.__c&&y.getSnapshotBeforeUpdate&&(T=y.getSnapshotBeforeUpdate(C,w)),M=f&&f.type===b&&f.key==null?f.props.children:f,E.__P&&(f=c,a=(t=E.__P).namespaceURI,l=o=null,r.props&&r.props.__P!=t&&(r.__k.some(function(e){e&&re(e,e)}),r.__k=null),c=r.__k?S(r,0):null),c=ee(t,h(M)?M:[M],n,r,i,a,o,s,c,l,u),E.__P&&(n.__e=null,c=f),n.__u&=-161,m&&m.some(v),y.__h.length&&s.push(y),1&y.__g&&(y.__g&=-4)}catch(t){if(s.length=g,n.__v=null,l||o){if(t&&t.then){if(n.__u|=128|l,o){for(~(I=o.indexOf(c||void 0))||(I=o.length);(L=o[I-1])&&L.nodeType==8;)I--;for(;I<o.length;I++)if(L=o[I]){if(o[I]=null,N){if(L==F)break}else{if(L.nodeType!=8)break;L.data.startsWith(`$s`)&&(F=P(N=L))}}}if(!N){for(;c&&c.nodeType==8&&c.nextSibling;)c=c.nextSibling;N=c}(f=P(N=n.__c.__z||(n.__c.__z=N)))?(n.__e=N,c=f):n.__e=c,c&&=c.nextSibling}else o&&o.some(v)}else n.__e=r.__e;n.__k||=r.__k||[],t&&t.then||te(n),e.__e(t,n,r)}}else c=n.__e=ne(r.__e,n,r,i,a,o,s,l,u,t);return(f=e.diffed)&&f(n),c}function P(e,t){if(e&&e.nodeType==8&&e.data.startsWith(`$s`))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith(`$s`))n++;else if(e.data.startsWith(`/$s`)&&!--n)return e}t&&t.push(e)}}function te(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(te))}function F(t,n,r){for(var i=0;i<r.length;)I(r[i++],r[i++],r[i++]);e.__c&&e.__c(n,t),t.some(function(n){try{t=n.__h,n.__h=[],t.some(function(e){e.call(n)})}catch(t){e.__e(t,n.__v)}})}function ne(t,n,r,i,a,o,s,c,l,u){var d,p,_,y,b,x,C,w,T=r.props||f,E=n.props,D=n.type;if(D==`svg`?a=`http://www.w3.org/2000/svg`:D==`math`?a=`http://www.w3.org/1998/Math/MathML`:a||=`http://www.w3.org/1999/xhtml`,o){for(d=0;d<o.length;d++)if((b=o[d])&&(D?b.localName==D:b.nodeType==3)){t=b,o[d]=null;break}}if(!t){if(w=u.ownerDocument||document,!D)return w.createTextNode(E);t=w.createElementNS(a,D,E.is?E:u),c&&=(e.__m&&e.__m(n,o),!1),o=null}if(D){if(u=D==`template`&&t.content||t,o=D==`textarea`&&E.defaultValue!=null?null:o&&g.call(u.childNodes),!c&&o)for(T={},d=0;d<t.attributes.length;d++)T[(b=t.attributes[d]).name]=b.value;for(d in T)b=T[d],d==`dangerouslySetInnerHTML`?_=b:d==`children`||d in E||d==`value`&&`defaultValue`in E||d==`checked`&&`defaultChecked`in E||j(t,d,null,b,a);for(d in E)b=E[d],d==`children`?y=b:d==`dangerouslySetInnerHTML`?p=b:d==`value`?x=b:d==`checked`?C=b:c&&typeof b!=`function`||T[d]===b||j(t,d,b,T[d],a);p?(c||_&&(p.__html==_.__html||p.__html==t.innerHTML)||(t.innerHTML=p.__html),n.__k=[]):(_&&(t.textContent=``),(D==`foreignObject`||a==`http://www.w3.org/1998/Math/MathML`&&m.test(D))&&(a=`http://www.w3.org/1999/xhtml`),ee(u,h(y)?y:[y],n,r,i,a,o,s,o?o[0]:r.__k&&S(r,0),c,l),o&&o.some(v)),c&&D!=`textarea`||(d=`value`,D==`progress`&&x==null?t.removeAttribute(d):x==null||x===t[d]&&(D!=`progress`||x)||j(t,d,x,T[d],a),d=`checked`,C!=null&&C!=t[d]&&j(t,d,C,T[d],a))}else T===E||c&&t.data==E||(t.data=E);return t}function I(t,n,r,i){try{typeof t==`function`?n?n.__x=t(n)||1:(i&&=i.__c||i.__e)&&(n=i.__x)&&(i.__x=null,typeof n==`function`?n():t(null)):t.current=n}catch(t){e.__e(t,r)}}function re(t,n,r){var i,a,o,s;if(e.unmount&&e.unmount(t),!(i=t.ref)||i.current&&i.current!=t.__e||I(i,null,n,t),i=t.__c){if(i.componentWillUnmount)try{i.componentWillUnmount()}catch(t){e.__e(t,n)}i.__P=i.__n=null}if(i=t.__k)for(s=0;s<i.length;s++)i[s]&&re(i[s],n,typeof t.type!=`function`||r&&!t.props.__P);!r&&(i=t.__c)&&(i=i.__z)&&(a=P(i,o=[]))&&(i==t.__e&&o.some(v),v(a),v(i)),r||v(t.__e),t.__e=t.__c=t.__=null}function ie(e,t,n){return this.constructor(e,n)}function L(t,n){var r,i,a,o;e.__&&e.__(t,n),n.nodeType==9&&(n=n.documentElement),i=(r=t&&32&t.__u)?null:n.__k,n.__k=y(b,{children:[t]}),a=[],o=[],N(n,n.__k,i||f,f,n.namespaceURI,i?null:n.firstChild?g.call(n.childNodes):null,a,i?i.__e:n.firstChild,r,o),F(a,n.__k,o),n.__k.props.children=null}function R(e){function t(e){var n,r;return this.getChildContext||(n=new Set,(r={})[t.__c]=this,this.getChildContext=function(){return r},this.shouldComponentUpdate=function(e){this.props.value!=e.value&&n.forEach(function(e){e.__g|=4,T(e)})},this.sub=function(e){n.add(e);var t=e.componentWillUnmount;e.componentWillUnmount=function(){n.delete(e),t&&t.call(e)}}),e.children}return t.__c=`__cC`+u++,t.__=e,t.Provider=(t.Consumer=function(e,t){return e.children(t)}).contextType=t,t}e={__e:function(e,t,n,r){for(var a,o,s;t=t.__;)if((a=t.__c)&&!(1&a.__g)){a.__g|=4;try{if((s=(o=a.constructor)&&o.getDerivedStateFromError)&&a.setState(o.getDerivedStateFromError(e)),a.componentDidCatch&&(a.componentDidCatch(e,r||{}),s=1),s&&8&a.__g)return void(a.__g|=2)}catch(t){e=t}}throw i=0,e}},t=0,x.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=_({},this.state)),typeof e==`function`&&(e=e(_({},n),this.props)),e&&(_(n,e),this.__v&&(t&&this.__k.push(t),T(this)))},x.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),T(this))},x.prototype.render=b,n=[],i=0,a=function(e,t){return e.__v.__b-t.__v.__b},o=Symbol(),s=/(PointerCapture)$|Capture$/i,c=0,l={},u=0;async function ae(e){return typeof e==`string`?e:e.token()}function oe(e){return JSON.stringify(se(e))}function se(e){if(typeof e!=`object`||!e)return e;let t=Array.isArray(e)?e.map(se):Object.fromEntries(Object.entries(e).map(([e,t])=>[e,se(t)]));return Object.defineProperty(t,"toJSON",{value:void 0})}var z=class extends Error{code;retryAfter;constructor(e,t,n=0){super(t),this.code=e,this.retryAfter=n}get passes(){return ce.has(this.code)}get refusesCredential(){return this.code===`UNAUTHENTICATED`}},ce=new Set([`NETWORK`,`UNAVAILABLE`,`TIMEOUT`,`INTERNAL`,`RATE_LIMITED`,`REQUEST_TIMEOUT`]),le=new Set([408,425,429]),ue=15e3;async function de(e,t,n,r,i={}){let a=oe({query:`${n}`,variables:r}),o=await ae(t);try{return await fe(e,o,a,i)}catch(n){if(typeof t==`string`||!(n instanceof z&&n.refusesCredential))throw n;t.drop(o);let r=await t.token();if(r!==o)return fe(e,r,a,i);throw t.end(n.message),n}}async function fe(e,t,n,r){let i=await me(e,t,n,r),a=1e3*Number(i.headers.get(`retry-after`)??0)||0,o=pe(await i.text().catch(e=>{throw new z(`NETWORK`,String(e),a)})),s=o?.errors?.[0];if(s)throw new z(s.extensions?.code??`INTERNAL`,s.message,a);if(o?.data)return o.data;throw new z(o!==null||i.status>=400&&i.status<500&&!le.has(i.status)?`BAD_REQUEST`:`UNAVAILABLE`,i.statusText,a)}function pe(e){try{return JSON.parse(e)}catch{return null}}async function me(e,t,n,r){try{return await fetch(e,{method:`POST`,headers:{"content-type":`application/json`,accept:`application/graphql-response+json, application/json`,authorization:`Bearer ${t}`},body:n,credentials:`omit`,referrerPolicy:`no-referrer`,signal:AbortSignal.timeout(ue),...r})}catch(e){throw new z(`NETWORK`,String(e))}}var B=class{time=Date.now();run=performance.now();get age(){return Math.max(Date.now()-this.time,performance.now()-this.run)}},he=class{area;memory=new Map;constructor(e){this.area=e}get(e){return this.memory.get(e)??this.tried(t=>t.getItem(e))??null}set(e,t){this.memory.delete(e);try{this.area().setItem(e,t)}catch{this.memory.set(e,t)}}remove(e){this.memory.delete(e),this.tried(t=>t.removeItem(e))}names(){let e=this.tried(e=>Array.from({length:e.length},(t,n)=>e.key(n)??``));return[...new Set([...this.memory.keys(),...e??[]])]}is(e){return this.tried(t=>t===e)??!1}tried(e){try{return e(this.area())}catch{return}}},ge=new he(()=>localStorage),V=new he(()=>sessionStorage),H=class extends String{__apiType;value;__meta__;constructor(e,t){super(e),this.value=e,this.__meta__=t}toString(){return this.value}},_e=new H(`
    query Dashboard($range: DateRangeInput!, $filter: MetricsFilter, $asOf: DateTime, $group: MetricsGroup!, $top: Int, $byStatus: Boolean!, $bySale: Boolean!, $soldIn: DateRangeInput!, $listed: ConversationFilter, $order: ConversationOrder, $first: Int!, $live: Boolean!, $on: EventFilter) {
  me {
    name
  }
  metrics(range: $range, filter: $filter, asOf: $asOf) {
    ...Report
    tags: series(groupBy: TAG, top: 50) {
      key
    }
  }
  sold: metrics(range: $soldIn, filter: $filter, asOf: $asOf) @include(if: $bySale) {
    sales(first: $first) {
      ...SalePage
    }
  }
  conversations(filter: $listed, orderBy: $order, first: $first, asOf: $asOf) @skip(if: $bySale) {
    ...ConversationPage
  }
  events(filter: $on, first: 25) @include(if: $live) {
    ...HappeningPage
  }
}
    fragment Figures on Metrics {
  range {
    start
    end
    timeZone
  }
  totalVolume {
    count
  }
  resolvedByAi {
    count
    rate
  }
  notResolvedByAi {
    count
    rate
  }
  open {
    count
  }
  closed {
    count
  }
  aiGeneratedSales {
    amount
    currency
  }
  averageOrderValue {
    amount
    currency
  }
}
fragment Line on Series {
  key
  label
  total
  points {
    date
    count
  }
}
fragment Report on Metrics {
  ...Figures
  asOf
  reachesBackTo
  sales(first: 1) {
    totalCount
  }
  statuses: series(groupBy: STATUS) {
    ...Line
  }
  others: series(groupBy: $group, top: $top) @skip(if: $byStatus) {
    ...Line
  }
  previous {
    ...Figures
    statuses: series(groupBy: STATUS) {
      total
      points {
        date
        count
      }
    }
  }
}
fragment ListedConversation on Conversation {
  id
  displayName
  identityVerified
  firstQuestion
  firstQuestionRemovedAt
  transcriptRemovedAt
  status
  channel
  tags
  messageCount
  startedAt
  lastMessageAt
}
fragment ConversationPage on ConversationConnection {
  totalCount
  totalCountIsExact
  nodes {
    ...ListedConversation
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}
fragment SalePage on AttributedSaleConnection {
  totalCount
  nodes {
    id
    orderId
    amount {
      amount
      currency
    }
    placedAt
    touch
    touchedAt
    window
    conversation {
      id
      displayName
      firstQuestion
      firstQuestionRemovedAt
      transcriptRemovedAt
      channel
      startedAt
    }
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}
fragment Happening on BusinessEvent {
  __typename
  id
  cursor
  type
  at
  channel
  conversation {
    id
  }
  snapshot {
    displayName
    firstQuestion
    firstQuestionRemovedAt
  }
  ... on ConversationEscalatedEvent {
    reason
  }
  ... on ConversationResolvedEvent {
    resolutionSeconds
  }
  ... on ProductRecommendedEvent {
    products {
      title
    }
  }
}
fragment HappeningPage on EventConnection {
  nodes {
    ...Happening
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}`),ve=new H(`
    query Conversations($listed: ConversationFilter, $order: ConversationOrder, $asOf: DateTime, $first: Int!, $after: String) {
  conversations(
    filter: $listed
    orderBy: $order
    first: $first
    after: $after
    asOf: $asOf
  ) {
    ...ConversationPage
  }
}
    fragment ListedConversation on Conversation {
  id
  displayName
  identityVerified
  firstQuestion
  firstQuestionRemovedAt
  transcriptRemovedAt
  status
  channel
  tags
  messageCount
  startedAt
  lastMessageAt
}
fragment ConversationPage on ConversationConnection {
  totalCount
  totalCountIsExact
  nodes {
    ...ListedConversation
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}`),ye=new H(`
    query Sales($soldIn: DateRangeInput!, $filter: MetricsFilter, $asOf: DateTime, $first: Int!, $after: String) {
  sold: metrics(range: $soldIn, filter: $filter, asOf: $asOf) {
    sales(first: $first, after: $after) {
      ...SalePage
    }
  }
}
    fragment SalePage on AttributedSaleConnection {
  totalCount
  nodes {
    id
    orderId
    amount {
      amount
      currency
    }
    placedAt
    touch
    touchedAt
    window
    conversation {
      id
      displayName
      firstQuestion
      firstQuestionRemovedAt
      transcriptRemovedAt
      channel
      startedAt
    }
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}`),be=new H(`
    query Happenings($on: EventFilter, $first: Int!, $after: String) {
  events(filter: $on, first: $first, after: $after) {
    ...HappeningPage
  }
}
    fragment Happening on BusinessEvent {
  __typename
  id
  cursor
  type
  at
  channel
  conversation {
    id
  }
  snapshot {
    displayName
    firstQuestion
    firstQuestionRemovedAt
  }
  ... on ConversationEscalatedEvent {
    reason
  }
  ... on ConversationResolvedEvent {
    resolutionSeconds
  }
  ... on ProductRecommendedEvent {
    products {
      title
    }
  }
}
fragment HappeningPage on EventConnection {
  nodes {
    ...Happening
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}`),xe=new H(`
    subscription FollowReport($range: DateRangeInput!, $filter: MetricsFilter, $group: MetricsGroup!, $top: Int, $byStatus: Boolean!) {
  metrics(range: $range, filter: $filter) {
    ...Report
  }
}
    fragment Figures on Metrics {
  range {
    start
    end
    timeZone
  }
  totalVolume {
    count
  }
  resolvedByAi {
    count
    rate
  }
  notResolvedByAi {
    count
    rate
  }
  open {
    count
  }
  closed {
    count
  }
  aiGeneratedSales {
    amount
    currency
  }
  averageOrderValue {
    amount
    currency
  }
}
fragment Line on Series {
  key
  label
  total
  points {
    date
    count
  }
}
fragment Report on Metrics {
  ...Figures
  asOf
  reachesBackTo
  sales(first: 1) {
    totalCount
  }
  statuses: series(groupBy: STATUS) {
    ...Line
  }
  others: series(groupBy: $group, top: $top) @skip(if: $byStatus) {
    ...Line
  }
  previous {
    ...Figures
    statuses: series(groupBy: STATUS) {
      total
      points {
        date
        count
      }
    }
  }
}`),Se=new H(`
    subscription FollowHappenings($on: EventFilter, $after: Cursor) {
  events(filter: $on, after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on StreamReady {
      resumed
    }
    ... on EventHappened {
      event {
        ...Happening
      }
    }
  }
}
    fragment Happening on BusinessEvent {
  __typename
  id
  cursor
  type
  at
  channel
  conversation {
    id
  }
  snapshot {
    displayName
    firstQuestion
    firstQuestionRemovedAt
  }
  ... on ConversationEscalatedEvent {
    reason
  }
  ... on ConversationResolvedEvent {
    resolutionSeconds
  }
  ... on ProductRecommendedEvent {
    products {
      title
    }
  }
}`),Ce=new H(`
    query Transcript($id: ID!, $before: String) {
  conversation(id: $id) {
    ...TranscriptHead
    streamCursor
    messages(last: 100, before: $before) {
      nodes {
        ...TranscriptMessage
      }
      pageInfo {
        hasPreviousPage
        startCursor
      }
    }
  }
}
    fragment ListedConversation on Conversation {
  id
  displayName
  identityVerified
  firstQuestion
  firstQuestionRemovedAt
  transcriptRemovedAt
  status
  channel
  tags
  messageCount
  startedAt
  lastMessageAt
}
fragment TranscriptHead on Conversation {
  ...ListedConversation
  version
  closedAt
  erasedAt
  contact {
    email {
      value
      verified
    }
    phone {
      value
      verified
    }
  }
  handoffs {
    id
    state
    reason
    requestedAt
  }
  sales {
    id
    orderId
    placedAt
    amount {
      amount
      currency
    }
  }
}
fragment TranscriptMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  author {
    kind
    name
  }
  products {
    productId
    title
    url
    price {
      amount
      currency
    }
  }
  attachments {
    id
    name
    url
  }
}`),we=new H(`
    subscription FollowTranscript($id: ID!, $after: Cursor) {
  conversation(id: $id, after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on MessageAdded {
      message {
        ...TranscriptMessage
      }
      conversation {
        ...TranscriptHead
      }
    }
    ... on MessageRedacted {
      message {
        ...TranscriptMessage
      }
      conversation {
        ...TranscriptHead
      }
    }
    ... on ConversationChanged {
      conversation {
        ...TranscriptHead
      }
    }
    ... on HandoffChanged {
      conversation {
        ...TranscriptHead
      }
    }
  }
}
    fragment ListedConversation on Conversation {
  id
  displayName
  identityVerified
  firstQuestion
  firstQuestionRemovedAt
  transcriptRemovedAt
  status
  channel
  tags
  messageCount
  startedAt
  lastMessageAt
}
fragment TranscriptHead on Conversation {
  ...ListedConversation
  version
  closedAt
  erasedAt
  contact {
    email {
      value
      verified
    }
    phone {
      value
      verified
    }
  }
  handoffs {
    id
    state
    reason
    requestedAt
  }
  sales {
    id
    orderId
    placedAt
    amount {
      amount
      currency
    }
  }
}
fragment TranscriptMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  author {
    kind
    name
  }
  products {
    productId
    title
    url
    price {
      amount
      currency
    }
  }
  attachments {
    id
    name
    url
  }
}`),Te=new H(`
    query Me {
  me {
    ...Colleague
  }
}
    fragment Colleague on Staff {
  id
  name
  role
  availability
  suspendedAt
}`),Ee=new H(`
    query Team {
  account {
    staff {
      ...Colleague
    }
  }
}
    fragment Colleague on Staff {
  id
  name
  role
  availability
  suspendedAt
}`),De=new H(`
    query Inbox($view: InboxView!, $state: [TicketState!]!, $filter: TicketFilter!, $after: String) {
  inbox(view: $view, state: $state, filter: $filter, first: 100, after: $after) {
    nodes {
      ...TicketRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`),Oe=new H(`
    query InboxCounts {
  all: inbox(view: ALL, first: 1) {
    totalCount
    streamCursor
  }
  mine: inbox(view: MINE, first: 1) {
    totalCount
  }
  unassigned: inbox(view: UNASSIGNED, first: 1) {
    totalCount
  }
  snoozed: inbox(view: ALL, state: [SNOOZED], first: 1) {
    totalCount
  }
}
    `),ke=new H(`
    query SearchTickets($filter: ConversationFilter!, $after: String) {
  conversations(filter: $filter, first: 50, after: $after) {
    nodes {
      ticket {
        ...TicketRow
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`),Ae=new H(`
    query OneTicket($id: ID!) {
  node(id: $id) {
    __typename
    ... on Ticket {
      ...TicketRow
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`),je=new H(`
    subscription FollowInbox($after: Cursor) {
  inbox(view: ALL, state: [OPEN, SNOOZED], after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on TicketAdded {
      ticket {
        ...TicketRow
      }
    }
    ... on TicketChanged {
      ticket {
        ...TicketRow
      }
    }
    ... on TicketRemoved {
      ticketId
    }
    ... on MessageAdded {
      message {
        sequence
        kind
        text
        redactedAt
        author {
          kind
          name
        }
      }
      conversation {
        id
        version
        displayName
        lastMessageAt
        tags
        ticket {
          id
          assignee {
            id
          }
        }
      }
    }
    ... on MessageRedacted {
      conversation {
        ticket {
          ...TicketRow
        }
      }
    }
    ... on TypingChanged {
      conversationId
      author {
        kind
        name
      }
      typing
      until
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`),Me=new H(`
    query Thread($id: ID!) {
  conversation(id: $id) {
    id
    streamCursor
    ...ThreadFacts
    ticket {
      ...TicketRow
    }
    messages(last: 100) {
      nodes {
        ...ThreadMessage
      }
      pageInfo {
        hasPreviousPage
        startCursor
      }
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}
fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
    problem
  }
}
fragment ThreadMessage on Message {
  ...ShoppersMessage
  products {
    productId
    title
    url
  }
  delivery {
    progress
    error
  }
}
fragment ThreadFacts on Conversation {
  version
  status
  startedAt
  windowEndsAt
  transcriptRemovedAt
  erasedAt
  legalHold {
    reason
    since
    setBy {
      name
      keyLabel
    }
  }
  contact {
    name {
      value
      verified
    }
    email {
      value
      verified
    }
    phone {
      value
      verified
    }
    externalId {
      value
      verified
    }
  }
  drafts {
    epoch
    text
    writtenAt
  }
  handoffs {
    id
    state
    reason
    reasonDetail
    summary
    requestedAt
    helpdesk
    consent {
      decision
      wording
      actionLabel
      locale
      channel
      offeredAt
      decidedAt
      settingsVersion
    }
  }
  ticket {
    id
    attempts {
      at
      outcome
      httpStatus
      error
    }
  }
}`),Ne=new H(`
    query EarlierInThread($id: ID!, $before: String!) {
  conversation(id: $id) {
    messages(last: 100, before: $before) {
      nodes {
        ...ThreadMessage
      }
      pageInfo {
        hasPreviousPage
        startCursor
      }
    }
  }
}
    fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
    problem
  }
}
fragment ThreadMessage on Message {
  ...ShoppersMessage
  products {
    productId
    title
    url
  }
  delivery {
    progress
    error
  }
}`),Pe=new H(`
    query Drafts($id: ID!) {
  conversation(id: $id) {
    drafts {
      epoch
      text
      writtenAt
    }
  }
}
    `),Fe=new H(`
    subscription FollowThread($id: ID!, $after: Cursor) {
  conversation(id: $id, after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on MessageAdded {
      message {
        ...ThreadMessage
      }
    }
    ... on MessageRedacted {
      message {
        ...ThreadMessage
      }
      conversation {
        ...ThreadFacts
        ticket {
          ...TicketRow
        }
      }
    }
    ... on MessageDeliveryChanged {
      messageId
      delivery {
        progress
        error
      }
    }
    ... on ConversationChanged {
      conversation {
        ...ThreadFacts
        ticket {
          ...TicketRow
        }
      }
    }
    ... on HandoffChanged {
      conversation {
        ...ThreadFacts
        ticket {
          ...TicketRow
        }
      }
    }
    ... on TypingChanged {
      author {
        kind
        name
      }
      typing
      text
      until
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}
fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
    problem
  }
}
fragment ThreadMessage on Message {
  ...ShoppersMessage
  products {
    productId
    title
    url
  }
  delivery {
    progress
    error
  }
}
fragment ThreadFacts on Conversation {
  version
  status
  startedAt
  windowEndsAt
  transcriptRemovedAt
  erasedAt
  legalHold {
    reason
    since
    setBy {
      name
      keyLabel
    }
  }
  contact {
    name {
      value
      verified
    }
    email {
      value
      verified
    }
    phone {
      value
      verified
    }
    externalId {
      value
      verified
    }
  }
  drafts {
    epoch
    text
    writtenAt
  }
  handoffs {
    id
    state
    reason
    reasonDetail
    summary
    requestedAt
    helpdesk
    consent {
      decision
      wording
      actionLabel
      locale
      channel
      offeredAt
      decidedAt
      settingsVersion
    }
  }
  ticket {
    id
    attempts {
      at
      outcome
      httpStatus
      error
    }
  }
}`),Ie=new H(`
    mutation SetAvailability($input: SetAvailabilityInput!) {
  setAvailability(input: $input) {
    staff {
      ...Colleague
    }
    errors {
      code
      message
    }
  }
}
    fragment Colleague on Staff {
  id
  name
  role
  availability
  suspendedAt
}`),Le=new H(`
    mutation TakeTicket($input: TicketInput!) {
  takeTicket(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`),Re=new H(`
    mutation ReleaseTicket($input: TicketInput!) {
  releaseTicket(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`),ze=new H(`
    mutation AssignTicket($input: AssignTicketInput!) {
  assignTicket(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`),Be=new H(`
    mutation SnoozeTicket($input: SnoozeTicketInput!) {
  snoozeTicket(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
      ...Unseen
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}
fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
    problem
  }
}
fragment Unseen on StaleView {
  unseen {
    ...ShoppersMessage
  }
}`),Ve=new H(`
    mutation ReturnToAgent($input: TicketInput!) {
  returnToAgent(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`),He=new H(`
    mutation CloseTicket($input: TicketInput!) {
  closeTicket(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
      ...Unseen
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}
fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
    problem
  }
}
fragment Unseen on StaleView {
  unseen {
    ...ShoppersMessage
  }
}`),Ue=new H(`
    mutation ReopenTicket($input: TicketInput!) {
  reopenTicket(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`),We=new H(`
    mutation RetryDelivery($input: TicketInput!) {
  retryDelivery(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`),Ge=new H(`
    mutation MarkRead($input: TicketInput!) {
  markTicketRead(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`),Ke=new H(`
    mutation Reply($input: ReplyToConversationInput!) {
  replyToConversation(input: $input) {
    message {
      ...ThreadMessage
    }
    errors {
      code
      message
      ...Unseen
    }
  }
}
    fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
    problem
  }
}
fragment Unseen on StaleView {
  unseen {
    ...ShoppersMessage
  }
}
fragment ThreadMessage on Message {
  ...ShoppersMessage
  products {
    productId
    title
    url
  }
  delivery {
    progress
    error
  }
}`),qe=new H(`
    mutation Note($input: AddNoteInput!) {
  addNote(input: $input) {
    message {
      ...ThreadMessage
    }
    errors {
      code
      message
    }
  }
}
    fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
    problem
  }
}
fragment ThreadMessage on Message {
  ...ShoppersMessage
  products {
    productId
    title
    url
  }
  delivery {
    progress
    error
  }
}`),Je=new H(`
    mutation StaffTyping($input: SetTypingInput!) {
  setTyping(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),Ye=new H(`
    mutation Redact($input: RedactMessageInput!) {
  redactMessage(input: $input) {
    message {
      ...ThreadMessage
    }
    errors {
      code
      message
    }
  }
}
    fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
    problem
  }
}
fragment ThreadMessage on Message {
  ...ShoppersMessage
  products {
    productId
    title
    url
  }
  delivery {
    progress
    error
  }
}`),Xe=new H(`
    mutation SetHold($input: SetLegalHoldInput!) {
  setLegalHold(input: $input) {
    conversation {
      id
      ...ThreadFacts
    }
    errors {
      code
      message
    }
  }
}
    fragment ThreadFacts on Conversation {
  version
  status
  startedAt
  windowEndsAt
  transcriptRemovedAt
  erasedAt
  legalHold {
    reason
    since
    setBy {
      name
      keyLabel
    }
  }
  contact {
    name {
      value
      verified
    }
    email {
      value
      verified
    }
    phone {
      value
      verified
    }
    externalId {
      value
      verified
    }
  }
  drafts {
    epoch
    text
    writtenAt
  }
  handoffs {
    id
    state
    reason
    reasonDetail
    summary
    requestedAt
    helpdesk
    consent {
      decision
      wording
      actionLabel
      locale
      channel
      offeredAt
      decidedAt
      settingsVersion
    }
  }
  ticket {
    id
    attempts {
      at
      outcome
      httpStatus
      error
    }
  }
}`),Ze=new H(`
    query Settings {
  me {
    id
    name
    role
  }
  account {
    ...AccountParts
  }
  handoffSettings {
    ...HandoffParts
  }
  agentSettings {
    ...AgentParts
  }
  connectedModel {
    model
    problem
  }
}
    fragment AccountParts on Account {
  id
  agentName
  greeting
  awayMessage
  agentLive
  agentSilence
  channels
  assignment
  strandedAfter
  timeZone
  businessHours {
    week {
      weekday
      opensAt
      closesAt
    }
    holidays
    openNow
    opensAt
  }
  version
  attribution {
    channel
    touch
    enabled
    window
  }
}
fragment HelpdeskParts on HelpdeskAccount {
  helpdesk
  connected
  displayName
  problem
  checkedAt
  webhookUrl
}
fragment HandoffParts on HandoffSettings {
  method
  helpdesk
  customMessage
  chatAfterHandoff
  identityPolicy
  offerText
  acceptLabel
  declineLabel
  version
  connections {
    ...HelpdeskParts
  }
}
fragment AgentParts on AgentSettings {
  answeredBy
  version
}`),Qe=new H(`
    query Members {
  account {
    staff {
      ...MemberParts
    }
  }
}
    fragment MemberParts on Staff {
  id
  name
  email
  role
  capacity
  availability
  suspendedAt
}`),$e=new H(`
    query Keys($after: String) {
  account {
    keys(first: 50, after: $after) {
      nodes {
        ...KeyParts
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment KeyParts on ApiKey {
  id
  kind
  label
  scopes
  networks
  createdAt
  createdBy {
    id
    name
  }
  lastUsedAt
  expiresAt
  revokedAt
  staff {
    id
    name
  }
}`),et=new H(`
    query Webhooks {
  webhookEndpoints {
    ...WebhookParts
  }
  klaviyo {
    displayName
    problem
    forwarding {
      ...DeliveryParts
    }
  }
}
    fragment DeliveryParts on Forwarding {
  id
  failingSince
  nextAttemptAt
  attempts {
    at
    outcome
    httpStatus
    error
  }
  deadLetters(first: 20) {
    totalCount
    nodes {
      id
      at
      error
      event {
        name
        at
        cursor
      }
    }
  }
}
fragment WebhookParts on WebhookEndpoint {
  id
  url
  description
  topics
  enabled
  problem
  previousSecretUntil
  version
  forwarding {
    ...DeliveryParts
  }
}`),tt=new H(`
    query Retention {
  retention {
    ...RetentionParts
  }
}
    fragment RetentionParts on Retention {
  transcripts
  attachments
  events
}`),nt=new H(`
    mutation SaveRetention($input: UpdateRetentionInput!) {
  updateRetention(input: $input) {
    retention {
      ...RetentionParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment RetentionParts on Retention {
  transcripts
  attachments
  events
}`),rt=new H(`
    mutation SaveAccount($input: UpdateAccountInput!) {
  updateAccount(input: $input) {
    account {
      ...AccountParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment AccountParts on Account {
  id
  agentName
  greeting
  awayMessage
  agentLive
  agentSilence
  channels
  assignment
  strandedAfter
  timeZone
  businessHours {
    week {
      weekday
      opensAt
      closesAt
    }
    holidays
    openNow
    opensAt
  }
  version
  attribution {
    channel
    touch
    enabled
    window
  }
}`),it=new H(`
    mutation SaveHandoff($input: UpdateHandoffSettingsInput!) {
  updateHandoffSettings(input: $input) {
    handoffSettings {
      ...HandoffParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment HelpdeskParts on HelpdeskAccount {
  helpdesk
  connected
  displayName
  problem
  checkedAt
  webhookUrl
}
fragment HandoffParts on HandoffSettings {
  method
  helpdesk
  customMessage
  chatAfterHandoff
  identityPolicy
  offerText
  acceptLabel
  declineLabel
  version
  connections {
    ...HelpdeskParts
  }
}`),at=new H(`
    mutation SaveAgent($input: UpdateAgentSettingsInput!) {
  updateAgentSettings(input: $input) {
    agentSettings {
      ...AgentParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment AgentParts on AgentSettings {
  answeredBy
  version
}`),ot=new H(`
    mutation ConnectHelpdesk($input: ConnectHelpdeskInput!) {
  connectHelpdesk(input: $input) {
    connection {
      ...HelpdeskParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment HelpdeskParts on HelpdeskAccount {
  helpdesk
  connected
  displayName
  problem
  checkedAt
  webhookUrl
}`),st=new H(`
    mutation DisconnectHelpdesk($input: DisconnectHelpdeskInput!) {
  disconnectHelpdesk(input: $input) {
    connection {
      ...HelpdeskParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment HelpdeskParts on HelpdeskAccount {
  helpdesk
  connected
  displayName
  problem
  checkedAt
  webhookUrl
}`),ct=new H(`
    mutation InviteMember($input: InviteStaffInput!) {
  inviteStaff(input: $input) {
    staff {
      ...MemberParts
    }
    key {
      id
    }
    token
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment MemberParts on Staff {
  id
  name
  email
  role
  capacity
  availability
  suspendedAt
}`),lt=new H(`
    mutation UpdateMember($input: UpdateStaffInput!) {
  updateStaff(input: $input) {
    staff {
      ...MemberParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment MemberParts on Staff {
  id
  name
  email
  role
  capacity
  availability
  suspendedAt
}`),ut=new H(`
    mutation SuspendMember($input: StaffInput!) {
  suspendStaff(input: $input) {
    staff {
      ...MemberParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment MemberParts on Staff {
  id
  name
  email
  role
  capacity
  availability
  suspendedAt
}`),dt=new H(`
    mutation ReinstateMember($input: StaffInput!) {
  reinstateStaff(input: $input) {
    staff {
      ...MemberParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment MemberParts on Staff {
  id
  name
  email
  role
  capacity
  availability
  suspendedAt
}`),ft=new H(`
    mutation CreateKey($input: CreateKeyInput!) {
  createKey(input: $input) {
    key {
      ...KeyParts
    }
    token
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment KeyParts on ApiKey {
  id
  kind
  label
  scopes
  networks
  createdAt
  createdBy {
    id
    name
  }
  lastUsedAt
  expiresAt
  revokedAt
  staff {
    id
    name
  }
}`),pt=new H(`
    mutation RotateKey($input: RotateKeyInput!) {
  rotateKey(input: $input) {
    key {
      ...KeyParts
    }
    replaced {
      ...KeyParts
    }
    token
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment KeyParts on ApiKey {
  id
  kind
  label
  scopes
  networks
  createdAt
  createdBy {
    id
    name
  }
  lastUsedAt
  expiresAt
  revokedAt
  staff {
    id
    name
  }
}`),mt=new H(`
    mutation RevokeKey($input: RevokeKeyInput!) {
  revokeKey(input: $input) {
    key {
      ...KeyParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment KeyParts on ApiKey {
  id
  kind
  label
  scopes
  networks
  createdAt
  createdBy {
    id
    name
  }
  lastUsedAt
  expiresAt
  revokedAt
  staff {
    id
    name
  }
}`),ht=new H(`
    mutation CreateWebhook($input: CreateWebhookEndpointInput!) {
  createWebhookEndpoint(input: $input) {
    endpoint {
      ...WebhookParts
    }
    secret
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment DeliveryParts on Forwarding {
  id
  failingSince
  nextAttemptAt
  attempts {
    at
    outcome
    httpStatus
    error
  }
  deadLetters(first: 20) {
    totalCount
    nodes {
      id
      at
      error
      event {
        name
        at
        cursor
      }
    }
  }
}
fragment WebhookParts on WebhookEndpoint {
  id
  url
  description
  topics
  enabled
  problem
  previousSecretUntil
  version
  forwarding {
    ...DeliveryParts
  }
}`),gt=new H(`
    mutation UpdateWebhook($input: UpdateWebhookEndpointInput!) {
  updateWebhookEndpoint(input: $input) {
    endpoint {
      ...WebhookParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment DeliveryParts on Forwarding {
  id
  failingSince
  nextAttemptAt
  attempts {
    at
    outcome
    httpStatus
    error
  }
  deadLetters(first: 20) {
    totalCount
    nodes {
      id
      at
      error
      event {
        name
        at
        cursor
      }
    }
  }
}
fragment WebhookParts on WebhookEndpoint {
  id
  url
  description
  topics
  enabled
  problem
  previousSecretUntil
  version
  forwarding {
    ...DeliveryParts
  }
}`),_t=new H(`
    mutation RotateWebhook($input: WebhookEndpointInput!) {
  rotateWebhookSecret(input: $input) {
    endpoint {
      ...WebhookParts
    }
    secret
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment DeliveryParts on Forwarding {
  id
  failingSince
  nextAttemptAt
  attempts {
    at
    outcome
    httpStatus
    error
  }
  deadLetters(first: 20) {
    totalCount
    nodes {
      id
      at
      error
      event {
        name
        at
        cursor
      }
    }
  }
}
fragment WebhookParts on WebhookEndpoint {
  id
  url
  description
  topics
  enabled
  problem
  previousSecretUntil
  version
  forwarding {
    ...DeliveryParts
  }
}`),vt=new H(`
    mutation DeleteWebhook($input: WebhookEndpointInput!) {
  deleteWebhookEndpoint(input: $input) {
    deletedId
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}`),yt=new H(`
    mutation PingWebhook($input: WebhookEndpointInput!) {
  pingWebhookEndpoint(input: $input) {
    httpStatus
    milliseconds
    error
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}`),bt=new H(`
    mutation RetryDeadLetter($input: RetryDeadLetterInput!) {
  retryDeadLetter(input: $input) {
    delivered
    httpStatus
    error
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}`),xt=new H(`
    mutation RedeliverEvents($input: RedeliverEventsInput!) {
  redeliverEvents(input: $input) {
    forwarding {
      ...DeliveryParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment DeliveryParts on Forwarding {
  id
  failingSince
  nextAttemptAt
  attempts {
    at
    outcome
    httpStatus
    error
  }
  deadLetters(first: 20) {
    totalCount
    nodes {
      id
      at
      error
      event {
        name
        at
        cursor
      }
    }
  }
}`),St=new H(`
    mutation SignOut {
  signOut(input: {}) {
    errors {
      message
    }
  }
}
    `),Ct=new H(`
    mutation CreateUpload($input: CreateUploadInput!) {
  createUpload(input: $input) {
    attachmentId
    url
    errors {
      code
      message
    }
  }
}
    `),wt=new URL(`/graphql`,location.href).href,Tt=`/sign-in/token`,Et=`/sign-in/demo`,U=`baton:staff-key`,Dt=`Somebody else has signed in in this browser meanwhile. Pages that are loaded from now on are theirs.`,Ot=6e4,kt=15e3,At=512,jt=class e{ended=()=>{};access={token:``,read:new B,lasts:0};member=null;renewal=null;static async kept(){let t=new e;try{await t.token()}catch(e){if(!(e instanceof z&&e.passes))return null}return t}async token(){return this.access.read.age<this.access.lasts?this.access.token:(this.renewal??=this.renew().finally(()=>{this.renewal=null}),this.renewal)}drop(e){e===this.access.token&&(this.access={token:``,read:new B,lasts:0})}end(e){this.ended(e)}async leave(){try{await de(wt,this,St,{})}catch(e){if(!(e instanceof z&&e.refusesCredential))throw e}}async renew(){try{let e=new B,t=await zt(Tt,{method:`POST`}),{accessToken:n,expiresAt:r,staffId:i}=await Rt(t);if(i!==(this.member??=i))throw new z(`UNAUTHENTICATED`,Dt);let a=Date.parse(t.headers.get(`date`)??``)||Date.now();return this.access={token:n,read:e,lasts:Date.parse(r)-a-Ot},n}catch(e){throw e instanceof z&&e.refusesCredential&&this.end(e.message),e}}},Mt=class e{key;ended=()=>{};constructor(e){this.key=e}static kept(){let t=V.get(U);return t?new e(t):null}async token(){return this.key}drop(){}end(e){V.remove(U),this.ended(e)}keep(){V.set(U,this.key)}async leave(){V.remove(U)}};async function Nt(e){await zt(Et,{method:`POST`,headers:{"content-type":`application/json`},body:JSON.stringify({link:e})}),V.remove(U)}async function Pt(){return(await Rt(await zt(Et,{}))).provider}function Ft(e){let t=location.pathname+location.search,n=t+location.hash;return`${e}?return_to=${encodeURIComponent(n.length>At?t:n)}`}function It(e){return/^#sign-in=([\w-]+)$/.exec(e)?.[1]??null}function Lt(){let e=It(location.hash);return e&&history.replaceState(history.state,``,location.pathname+location.search),e}async function Rt(e){return await e.json().catch(e=>{throw new z(`NETWORK`,String(e))})}async function zt(e,t){let n;try{n=await fetch(e,{credentials:`same-origin`,referrerPolicy:`no-referrer`,signal:AbortSignal.timeout(kt),...t})}catch(e){throw new z(`NETWORK`,String(e))}if(n.ok)return n;let r=(await n.json().catch(()=>null))?.errors?.[0];throw new z(r?.extensions.code??(n.status<500?`BAD_REQUEST`:`UNAVAILABLE`),r?.message??n.statusText,1e3*Number(n.headers.get(`retry-after`)??0)||0)}var W,G,Bt,Vt,Ht=Object.is,K=0,Ut=[],Wt=[],q=e,Gt=q.__b,Kt=q.__r,qt=q.diffed,Jt=q.__c,Yt=q.unmount,Xt=q.__;function J(e,t){q.__h&&q.__h(G,e,K||t),K=0;var n=G.__H||(G.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function Y(e){return K=1,Zt(un,e)}function Zt(e,t,n){var r=J(W++,2);if(r.t=e,!r.__c&&(r.__=[n?n(t):un(void 0,t),function(e){var t=(r.__N||r.__)[0],n=r.t(t,e);Ht(t,n)||(r.__N=[n,r.__[1]],r.__c.setState({}))}],r.__c=G,!G.__f)){G.__f=!0;var i=G.shouldComponentUpdate;G.shouldComponentUpdate=function(e,t,n){var r=this.__H;if(!r)return!0;var a=!1,o=this.props!=e;if(r.__.some(function(e){e.__N&&(a=!0,Ht(e.__[0],e.__N[0])||(o=!0))}),i){var s=i.call(this,e,t,n);return a?s||o:s}return!a||o}}return r.__}function X(e,t){var n=J(W++,3);!q.__s&&ln(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,G.__H.__h.push(n))}function Qt(e,t){var n=J(W++,4);!q.__s&&ln(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,G.__h.push(n))}function $t(e){return K=5,en(function(){return{current:e}},[])}function en(e,t){var n=J(W++,7);return ln(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function tn(e){var t=G.context[e.__c],n=J(W++,9);return n.c=e,t?(n.__??(n.__=!0,t.sub(G)),t.props.value):e.__}function nn(){var e=J(W++,11);if(!e.__){for(var t=G.__v;!t.__m&&t.__;)t=t.__;var n=t.__m||(t.__m=[0,0]);e.__=`P`+n[0]+`-`+n[1]++}return e.__}function rn(){var e;do{for(;e=Wt.shift();)try{Z(e)}catch(t){q.__e(t,{__:(e=e.__P)&&e.__v})}for(;e=Ut.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(Z),t.__h.some(cn),t.__h=[]}catch(n){t.__h=[],q.__e(n,e.__v)}}}while(Wt.length)}q.__b=function(e){G=null,Gt&&Gt(e)},q.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),Xt&&Xt(e,t)},q.__r=function(e){Kt&&Kt(e),W=0;var t=(G=e.__c).__H;t&&(Bt==G?G.__h=[]:(t.__h.some(Z),t.__h.some(cn),W=0),t.__h=[],t.__.some(function(e){e.__N&&(e.__=e.__N),e.u=e.__N=void 0})),Bt=G},q.diffed=function(e){qt&&qt(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&sn(Ut.push(t)),t.__H.__.some(function(e){e.u&&(e.__H=e.u)})),Bt=G=null},q.__c=function(e,t){t.some(function(e){try{e.__h.some(Z),e.__h=e.__h.filter(function(e){return!e.__||cn(e)})}catch(t){e.__h=[function(){throw t}]}}),Jt&&Jt(e,t)},q.unmount=function(e){Yt&&Yt(e);var t,n,r=e.__c;r&&r.__H&&(r.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n&&=n.__c}r.__P=n,sn(Wt.push(r))}else Z(r)}catch(e){t=e}}),r.__H=void 0,t&&q.__e(t,r.__v))};var an=typeof requestAnimationFrame==`function`;function on(e){var t,n=function(){clearTimeout(r),an&&cancelAnimationFrame(t),setTimeout(e)},r=setTimeout(n,35);an&&(t=requestAnimationFrame(n))}function sn(e){e!=1&&Vt==q.requestAnimationFrame||((Vt=q.requestAnimationFrame)||on)(rn)}function Z(e){var t=G,n=e.__c;typeof n==`function`&&(e.__c=void 0,n()),G=t}function cn(e){var t=G;e.__c=e.__(),G=t}function ln(e,t){return!e||e.length!=t.length||t.some(function(t,n){return!Ht(t,e[n])})}function un(e,t){return typeof t==`function`?t(e):t}function dn(e,t){return new Promise(n=>{let r=()=>{clearTimeout(a),removeEventListener(`online`,r),document.removeEventListener(`visibilitychange`,i),t?.removeEventListener(`abort`,r),n()},i=()=>{document.hidden||r()},a=setTimeout(r,t?.aborted?0:e);addEventListener(`online`,r),document.addEventListener(`visibilitychange`,i),t?.addEventListener(`abort`,r)})}function fn(e,t){let n=(Array.isArray(e)?e:[]).map(({extensions:e})=>1e3*Number(e?.retryAfter??0)||0);return Math.max(...n,Q(t))}function Q(e){return Math.min(1e3*2**Math.min(e,10),3e4)*(.5+Math.random()/2)}var pn=Symbol.for(`pv`),mn=0;Array.isArray;function $(t,n,r,i,a,o){n||={};var s,c,l=n;if(`ref`in l&&typeof t!=`function`)for(c in l={},n)c==`ref`?s=n[c]:l[c]=n[c];var u={type:t,props:l,key:r,ref:s,__k:null,__:null,__b:0,__e:null,__c:null,constructor:pn,__v:--mn,__i:-1,__u:0};return(a||o)&&(u.__source=a,u.__self=o),e.vnode&&e.vnode(u),u}var hn=/[\p{L}\p{N}]/u;function gn({name:e}){return $(`span`,{class:`avatar`,"aria-hidden":`true`,children:_n(e)})}function _n(e){let t=e.split(`@`,1)[0].split(/[\s._-]+/).filter(e=>hn.test(e));return[...new Set([t[0],t.at(-1)])].map(e=>hn.exec(e??``)?.[0]??``).join(``).toUpperCase()||`?`}var vn=[[`inbox`,`Inbox`,`/inbox`],[`dashboard`,`Dashboard`,`/dashboard`],[`settings`,`Settings`,`/settings`]];function yn({page:e,name:t,leave:n,children:r}){return $(`header`,{class:`top`,children:[$(`a`,{class:`skip`,href:`#content`,children:`Skip to the content`}),$(xn,{}),$(bn,{page:e}),$(`div`,{class:`tools`,children:r}),t&&$(`p`,{class:`person`,title:t,children:[$(gn,{name:t}),$(`bdi`,{children:t})]}),$(`button`,{class:`quiet`,type:`button`,onClick:n,children:`Sign out`})]})}function bn({page:e}){return $(`nav`,{"aria-label":`Pages`,children:[vn.map(([t,n,r])=>$(`a`,{href:r,"aria-current":t===e?`page`:void 0,children:n},t)),$(`a`,{href:`/graphql`,children:`API`})]})}function xn(){return $(`a`,{class:`brand`,href:`/`,"aria-label":`Baton, to the shop`,children:[$(`svg`,{viewBox:`0 0 32 32`,"aria-hidden":`true`,children:[$(`rect`,{width:`32`,height:`32`,rx:`8`}),$(`path`,{d:`M5 25 13 9l5 9 3-5 6 12Z`})]}),$(`span`,{children:`Baton`})]})}var Sn=`Signing in …`,Cn=`baton:sign-in-notice`;function wn({title:e,open:t,children:n}){let[r,i]=Y(null),[a,o]=Y(jn),[s,c]=Y({busy:Sn,problem:``}),l=async e=>{for(let n=0;;n++)try{let n=await t(e);return e instanceof Mt&&e.keep(),e.ended=An,i({page:n,credential:e})}catch(e){if(!(e instanceof z&&e.passes))throw e;c(e=>({...e,busy:`No connection. Trying again.`})),await dn(Math.max(e.retryAfter,Q(n)))}},u=async e=>{o(``),c({busy:Sn,problem:``});let t=new Mt(e);await l(t).catch(async e=>{let n=Mn(e);En(e)?t.keep():await t.leave(),c({busy:``,problem:n,...En(e)&&{held:t}})})},d=async e=>{e.ended=()=>{};for(let t=0;;t++)try{return await e.leave(),location.reload()}catch(e){i(null),c({busy:`Signing out. No connection, trying again.`,problem:``}),await dn(Math.max(e instanceof z?e.retryAfter:0,Q(t)))}};if(X(()=>{Tn(l).then(e=>e&&c({busy:``,...e}))},[]),r)return $(b,{children:[n(r.page,()=>void d(r.credential)),a&&$(Dn,{text:a,close:()=>o(``)})]});let{held:f,busy:p,problem:m}=s;return $(On,{title:e,busy:p,problem:[a,m].filter(Boolean).join(` `),enter:e=>void u(e),leave:f&&(()=>void d(f))})}async function Tn(e){let t=``,n=Lt();n&&await Nt(n).catch(e=>{t=Mn(e)});for(let n of[Mt.kept(),await jt.kept()])try{if(!n)continue;return await e(n),null}catch(e){if(t||=Mn(e),n&&(n instanceof jt||En(e)))return{problem:t,held:n};await n?.leave()}return{problem:t}}function En(e){return!(e instanceof z&&e.refusesCredential)}function Dn({text:e,close:t}){return $(`div`,{class:`notice`,role:`alert`,children:[$(`p`,{children:e}),$(`button`,{type:`button`,class:`small`,onClick:t,children:`Close`})]})}function On({title:e,busy:t,problem:n,enter:r,leave:i}){let[a,o]=Y(``),[s,c]=Y(null),l=$t(null);return X(()=>{Pt().then(c,()=>{})},[]),X(()=>{t||l.current?.focus()},[t]),t?$(`main`,{class:`door`,children:[$(`h1`,{children:e}),$(`p`,{role:`status`,children:t})]}):$(`main`,{class:`door card`,children:[$(xn,{}),$(`h1`,{children:e}),s&&$(`a`,{class:`button primary`,href:Ft(s),onClick:e=>{e.currentTarget.href=Ft(s)},children:`Sign in with your company's account`}),$(`form`,{onSubmit:e=>{e.preventDefault(),a.trim()&&r(a.trim())},children:[$(`label`,{for:`key`,children:`Key of a member of staff`}),$(`input`,{ref:l,id:`key`,type:`password`,autocomplete:`off`,required:!0,value:a,onInput:e=>o(e.currentTarget.value),"aria-describedby":`help problem`}),$(`p`,{id:`problem`,role:`alert`,children:n}),$(`button`,{class:s?void 0:`primary`,children:`Sign in`})]}),i&&$(b,{children:[$(bn,{}),$(`button`,{type:`button`,class:`quiet`,onClick:i,children:`Sign out`})]}),$(`p`,{id:`help`,children:[`For the demo account: open the link that `,$(`code`,{children:`make run`}),` prints, or get a new one with `,$(`code`,{children:`.venv/bin/baton demo --link`}),`. Its key is `,$(`code`,{children:`ownerKey`}),` in `,$(`code`,{children:`.baton/credentials.json`}),`. A key stays in this tab.`]})]})}addEventListener(`pageshow`,({persisted:e})=>{e&&location.reload()}),addEventListener(`hashchange`,()=>{It(location.hash)&&location.reload()});var kn=!1;function An(e){kn||(kn=!0,V.set(Cn,e),location.reload())}function jn(){let e=V.get(Cn)??``;return V.remove(Cn),e}function Mn(e){return e instanceof Error?e.message:String(e)}var Nn=/\[([^\]\n]{1,200})\]\(((?:https?:\/\/|mailto:|tel:)[^\s()<>]{1,2000})\)/,Pn=/https?:\/\/[^\s<>"]{1,2000}|(?:mailto:|tel:)[^\s<>"]{1,300}/,Fn=RegExp(`${Nn.source}|${Pn.source}`,`g`),In=new RegExp(Pn.source,`g`),Ln=new Set([`http:`,`https:`,`mailto:`,`tel:`]),Rn=/[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/gu,zn=/\.(?:pdf|docx?|xlsx?|csv|txt|jpe?g|png)$/i,Bn=/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/,Vn=/[.,;:!?'"’”»)\]}]+$/;function Hn(e,t){let n=[],r=0;for(let i of e.matchAll(t?Fn:In)){let a=t&&i[2]!==void 0,o=a?i[0]:Gn(i[0]),s=Wn(a?i[2]:o);if(!s)continue;i.index>r&&n.push({text:e.slice(r,i.index)});let c=a&&Un(i[1],s)?i[1]:s;n.push({text:a?c:o,href:s}),r=i.index+o.length}return r<e.length&&n.push({text:e.slice(r)}),n}function Un(e,t){if(Bn.test(e)||/https?:/i.test(e))return!1;let{hostname:n}=new URL(t);return(e.toLowerCase().match(Rn)??[]).every(e=>zn.test(e)||n===e||n.endsWith(`.${e}`))}function Wn(e){try{let t=new URL(e??``);return Ln.has(t.protocol)&&!t.username&&!t.password?t.href:void 0}catch{return}}function Gn(e){let t=e.replace(Vn,``);for(;Kn(t,`(`)>Kn(t,`)`)&&e[t.length]===`)`;)t+=`)`;return t}function Kn(e,t){return e.split(t).length-1}function qn({text:e,labels:t=!1}){return $(`p`,{class:`text`,dir:`auto`,children:Hn(e,t).map(e=>e.href?$(`a`,{href:e.href,target:`_blank`,rel:`noopener noreferrer nofollow`,title:e.href,children:e.text}):e.text)})}export{bt as $,Se as A,b as At,Ge as B,Ct as C,et as Ct,st as D,z as Dt,vt as E,B as Et,be as F,yt as G,Qe as H,Oe as I,dt as J,Ye as K,De as L,xe as M,R as Mt,Fe as N,Pe as O,de as Ot,we as P,tt as Q,ct as R,ft as S,gt as St,_e as T,V as Tt,qe as U,Te as V,Ae as W,Ue as X,Re as Y,Ke as Z,wt as _,Le as _t,gn as a,ye as at,ot as b,Ce as bt,dn as c,it as ct,Qt as d,Ie as dt,We as et,nn as f,Xe as ft,en as g,ut as gt,tn as h,Je as ht,yn as i,_t as it,je as j,L as jt,Ne as k,ae as kt,fn as l,nt as lt,Y as m,Be as mt,Wn as n,mt as nt,$ as o,rt as ot,$t as p,Ze as pt,xt as q,wn as r,pt as rt,Q as s,at as st,qn as t,Ve as tt,X as u,ke as ut,ze as v,Ee as vt,ht as w,ge as wt,ve as x,lt as xt,He as y,Me as yt,$e as z};