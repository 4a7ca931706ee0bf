var e,t,n,r,i,a,o,s,c,l,u,d=Symbol.for(`pv`),f={},p=[],m=/^m(i|n|o|s|text|space)$/,h=Array.isArray,g=p.slice,_=Object.assign;function v(e){e&&e.parentNode&&e.remove()}function y(n,r,i,a,o){var s={type:n,props:r,key:i,ref:a,__k:null,__:null,__b:0,__e:null,__c:null,constructor:d,__v:o||++t,__i:-1,__u:0};return!o&&e.vnode&&e.vnode(s),s}function b(e){return e.children}function x(e,t){this.props=e,this.context=t,this.__g=0}function S(e,t){if(t==null)return e.__&&S(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!=`function`||e.props.__P?null:S(e)}function C(t){var n,r=t.__v,i=r.__e,a=[],o=[],s=t.__P;s&&((n=_({constructor:d},r)).__v=r.__v+1,e.vnode&&e.vnode(n),P(s,n,r,t.__n,s.namespaceURI,32&r.__u?[i]:null,a,i||S(r),32&r.__u,o),n.__v=r.__v,n.__.__k[n.__i]=n,ne(a,n,o),r.__=r.__e=null,n.__e!=i&&w(n))}function w(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),w(e)}function T(t){(8&t.__g||(t.__g|=8,n.push(t),i++))&&r==e.debounceRendering||((r=e.debounceRendering)||queueMicrotask)(E)}function E(){try{for(var e,t=1;n.length;)n.length>t&&n.sort(a),e=n.shift(),t=n.length,8&e.__g&&C(e)}finally{(i=n.length)&&(r||queueMicrotask)(E)}}function D(e,t,n,r,i,a,o,s,c,l,u){var d,m,h,g,_,v,y=r.__k||p,b=t.length;for(c=O(n,t,y,c,b),d=0;d<b;d++)(h=n.__k[d])!=null&&(m=~h.__i&&y[h.__i]||f,h.__i=d,v=P(e,h,m,i,a,o,s,c,l,u),g=h.__e,(m.ref!=h.ref||8&m.__u)&&(m.ref&&F(m.ref,null,h,m),h.ref&&u.push(h.ref,h.__c||g,h)),_||=g,4&h.__u?(c=k(h,c,e,!m.__v),m.__e&&(m.__e=null)):typeof h.type==`function`&&v!==void 0?c=v:g&&(c=g.nextSibling),h.__u&=-21);return n.__e=_,c}function O(e,t,n,r,i){var a,o,s,c,l,u,f,p,m,g=n.length,_=g,v=0,x=0,C=e.__k=Array(i);for(a=0;a<i;a++)(o=t[a])!=null&&typeof o!=`boolean`&&typeof o!=`function`?(typeof o!=`object`||o.constructor===String?o=C[a]=y(null,o):h(o)?o=C[a]=y(b,{children:o}):o.constructor===d&&o.__b?o=C[a]=y(o.type,o.props,o.key,o.ref,o.__v):C[a]=o,c=a+v,o.__=e,o.__b=e.__b+1,s=null,~(l=o.__i=A(o,n,c,_))&&(_--,(s=n[l])&&(s.__u|=2)),s&&s.__v?(o.__u|=16,l==c-1?v--:l==c+1?v++:l!=c&&(l>c?v--:v++,x=1)):(~l||(i>g?v--:i<g&&v++),typeof o.type!=`function`&&(o.__u|=4))):C[a]=null;if(x){for(u=[],f=[],a=0;a<i;a++)if((o=C[a])&&16&o.__u){for(v=0,p=u.length;v<p;)u[m=v+p>>1]<o.__i?v=m+1:p=m;u[v]=o.__i,f[a]=v+1}for(v=u.length;a--;)f[a]&&(f[a]==v?v--:C[a].__u|=4)}if(_)for(a=0;a<g;a++)!(s=n[a])||2&s.__u||(s.__e==r&&(r=S(s)),ie(s,s));return r}function k(e,t,n,r){var i,a,o,s;if(typeof e.type==`function`){if(e.props.__P)return t;if(i=e.__k)for(a=0;a<i.length;a++)i[a]&&(i[a].__=e,t=k(i[a],t,n,!1));return t}for(t&&!t.parentNode&&(t=S(e))&&!t.parentNode&&(t=null),o=e.__e,s=t;s&&s.nodeType==8;)s=s.nextSibling;for(o!=s&&(!r&&n.moveBefore&&o.parentNode?n.moveBefore(o,t):n.insertBefore(o,t||null)),t=o;(t&&=t.nextSibling)&&t.nodeType==8&&!t.data.startsWith(`$s`););return t}function A(e,t,n,r){var i,a=e.key,o=e.type,s=t[n],c=s&&!(2&s.__u);if(s===null&&a==null||c&&a==s.key&&o==s.type)return n;if(r>+!!c){for(i=n-1;i>=0;i--)if((s=t[i])&&!(2&s.__u)&&a==s.key&&o==s.type)return i;for(i=n+1;i<t.length;i++)if((s=t[i])&&!(2&s.__u)&&a==s.key&&o==s.type)return i}return-1}function j(e,t,n){n??=``,t[0]==`-`?e.setProperty(t,n):e[t]=n}function M(e,t,n,r,i){var a,o;if(t==`style`){if(typeof n==`string`)e.style.cssText=n;else{if(typeof r==`string`&&(e.style.cssText=r=``),r)for(t in r)n&&t in n||j(e.style,t);if(n)for(t in n)r&&n[t]==r[t]||j(e.style,t,n[t])}}else if(t[0]==`o`&&t[1]==`n`)typeof n!=`function`&&(n=null),typeof r!=`function`&&(r=null),(e.__e||={})[t]=n,n&&r||(o=l[t]||(l[t]=N(t)),(e.__a||={})[t]=c,a=t!=(t=t.replace(s,`$1`)),(t=t.slice(2))[0]<`a`&&(t=t.toLowerCase()),n?e.addEventListener(t,o,a):e.removeEventListener(t,o,a));else{if(i==`http://www.w3.org/2000/svg`)t=t.replace(/xlink(H|:h)/,`h`).replace(/sName$/,`s`);else if(t!=`width`&&t!=`height`&&t!=`href`&&t!=`list`&&t!=`form`&&t!=`tabIndex`&&t!=`download`&&t!=`rowSpan`&&t!=`colSpan`&&t!=`role`&&t!=`popover`&&t in e)try{e[t]=n??``;return}catch{}if(typeof n==`function`)return;n==null||!1===n&&t[4]!=`-`?e.removeAttribute(t):e.setAttribute(t,t==`popover`&&n==1?``:n)}}function N(t){return function(n){var r=this.__e;if(r){if(r=r[t],n[o]==null)n[o]=c++;else if(n[o]<this.__a[t])return;return r(e.event?e.event(n):n)}}}function P(t,n,r,i,a,o,s,c,l,u){var f,m,g,y,C,w,T,E,O,k,A,j,M,N,P,ne,F,I,L=n.type;if(n.constructor!==d)return null;128&r.__u&&(l=32&r.__u,f=r.__c.__z)&&(n.__u|=l,m=o=[],f.nodeType==8?c=ee(f,o):o.push(f),c=o[0]||c),(f=e.__b)&&f(n);n:if(typeof L==`function`){g=s.length;try{if(E=n.props,O=(f=L.prototype)&&f.render,k=(f=L.contextType)&&i[f.__c],A=f?k?k.props.value:f.__:i,(y=r.__c)?(n.__c=y,2&y.__g&&(y.__g|=1)):(O?n.__c=y=new L(E,A):(n.__c=y=new x(E,A),y.constructor=L,y.render=ae),k&&k.sub(y),y.state||(y.state={}),y.__n=i,y.__g|=8,y.__h=[],y.__k=[]),O&&(y.__s||(y.__s=y.state),L.getDerivedStateFromProps&&(y.__s==y.state&&(y.__s=_({},y.__s)),_(y.__s,L.getDerivedStateFromProps(E,y.__s)))),C=y.props,w=y.state,y.__v=n,r.__c){if(E!==C&&O&&!L.getDerivedStateFromProps&&y.componentWillReceiveProps&&y.componentWillReceiveProps(E,A),n.__v==r.__v&&!(8&y.__g)||!(4&y.__g)&&y.shouldComponentUpdate&&!1===y.shouldComponentUpdate(E,y.__s,A)){n.__v!=r.__v&&(y.props=E,y.state=y.__s,y.__g&=-9),n.__e=r.__e,n.__k=r.__k,n.__k.some(function(e){e&&(e.__=n)}),p.push.apply(y.__h,y.__k),y.__k=[],y.__h.length&&s.push(y),c=S(r);break n}y.componentWillUpdate&&y.componentWillUpdate(E,y.__s,A),O&&y.componentDidUpdate&&y.__h.push(function(){y.componentDidUpdate(C,w,T)})}else O&&!L.getDerivedStateFromProps&&y.componentWillMount&&y.componentWillMount(),O&&y.componentDidMount&&y.__h.push(y.componentDidMount);y.context=A,y.props=E,y.__P=t,y.__g&=-5,j=e.__r,M=O?25:0;do y.__g&=-9,j&&j(n),f=y.render(y.props,y.state=y.__s,y.context);while(8&y.__g&&++M<25);O&&(p.push.apply(y.__h,y.__k),y.__k=[]),y.state=y.__s,y.getChildContext&&(i=_({},i,y.getChildContext())),O&&r.__c&&y.getSnapshotBeforeUpdate&&(T=y.getSnapshotBeforeUpdate(C,w)),N=f&&f.type===b&&f.key==null?f.props.children:f,E.__P&&(f=c,a=(t=E.__P).namespaceURI,l=o=null,r.props&&r.props.__P!=t&&(r.__k.some(function(e){e&&ie(e,e)}),r.__k=null),c=r.__k?S(r,0):null),c=D(t,h(N)?N:[N],n,r,i,a,o,s,c,l,u),E.__P&&(n.__e=null,c=f),n.__u&=-161,m&&m.some(v),y.__h.length&&s.push(y),1&y.__g&&(y.__g&=-4)}catch(t){if(s.length=g,n.__v=null,l||o){if(t&&t.then){if(n.__u|=128|l,o){for(~(F=o.indexOf(c||void 0))||(F=o.length);(I=o[F-1])&&I.nodeType==8;)F--;for(;F<o.length;F++)if(I=o[F]){if(o[F]=null,P){if(I==ne)break}else{if(I.nodeType!=8)break;I.data.startsWith(`$s`)&&(ne=ee(P=I))}}}if(!P){for(;c&&c.nodeType==8&&c.nextSibling;)c=c.nextSibling;P=c}(f=ee(P=n.__c.__z||(n.__c.__z=P)))?(n.__e=P,c=f):n.__e=c,c&&=c.nextSibling}else o&&o.some(v)}else n.__e=r.__e;n.__k||=r.__k||[],t&&t.then||te(n),e.__e(t,n,r)}}else c=n.__e=re(r.__e,n,r,i,a,o,s,l,u,t);return(f=e.diffed)&&f(n),c}function ee(e,t){if(e&&e.nodeType==8&&e.data.startsWith(`$s`))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith(`$s`))n++;else if(e.data.startsWith(`/$s`)&&!--n)return e}t&&t.push(e)}}function te(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(te))}function ne(t,n,r){for(var i=0;i<r.length;)F(r[i++],r[i++],r[i++]);e.__c&&e.__c(n,t),t.some(function(n){try{t=n.__h,n.__h=[],t.some(function(e){e.call(n)})}catch(t){e.__e(t,n.__v)}})}function re(t,n,r,i,a,o,s,c,l,u){var d,p,_,y,b,x,C,w,T=r.props||f,E=n.props,O=n.type;if(O==`svg`?a=`http://www.w3.org/2000/svg`:O==`math`?a=`http://www.w3.org/1998/Math/MathML`:a||=`http://www.w3.org/1999/xhtml`,o){for(d=0;d<o.length;d++)if((b=o[d])&&(O?b.localName==O:b.nodeType==3)){t=b,o[d]=null;break}}if(!t){if(w=u.ownerDocument||document,!O)return w.createTextNode(E);t=w.createElementNS(a,O,E.is?E:u),c&&=(e.__m&&e.__m(n,o),!1),o=null}if(O){if(u=O==`template`&&t.content||t,o=O==`textarea`&&E.defaultValue!=null?null:o&&g.call(u.childNodes),!c&&o)for(T={},d=0;d<t.attributes.length;d++)T[(b=t.attributes[d]).name]=b.value;for(d in T)b=T[d],d==`dangerouslySetInnerHTML`?_=b:d==`children`||d in E||d==`value`&&`defaultValue`in E||d==`checked`&&`defaultChecked`in E||M(t,d,null,b,a);for(d in E)b=E[d],d==`children`?y=b:d==`dangerouslySetInnerHTML`?p=b:d==`value`?x=b:d==`checked`?C=b:c&&typeof b!=`function`||T[d]===b||M(t,d,b,T[d],a);p?(c||_&&(p.__html==_.__html||p.__html==t.innerHTML)||(t.innerHTML=p.__html),n.__k=[]):(_&&(t.textContent=``),(O==`foreignObject`||a==`http://www.w3.org/1998/Math/MathML`&&m.test(O))&&(a=`http://www.w3.org/1999/xhtml`),D(u,h(y)?y:[y],n,r,i,a,o,s,o?o[0]:r.__k&&S(r,0),c,l),o&&o.some(v)),c&&O!=`textarea`||(d=`value`,O==`progress`&&x==null?t.removeAttribute(d):x==null||x===t[d]&&(O!=`progress`||x)||M(t,d,x,T[d],a),d=`checked`,C!=null&&C!=t[d]&&M(t,d,C,T[d],a))}else T===E||c&&t.data==E||(t.data=E);return t}function F(t,n,r,i){try{typeof t==`function`?n?n.__x=t(n)||1:(i&&=i.__c||i.__e)&&(n=i.__x)&&(i.__x=null,typeof n==`function`?n():t(null)):t.current=n}catch(t){e.__e(t,r)}}function ie(t,n,r){var i,a,o,s;if(e.unmount&&e.unmount(t),!(i=t.ref)||i.current&&i.current!=t.__e||F(i,null,n,t),i=t.__c){if(i.componentWillUnmount)try{i.componentWillUnmount()}catch(t){e.__e(t,n)}i.__P=i.__n=null}if(i=t.__k)for(s=0;s<i.length;s++)i[s]&&ie(i[s],n,typeof t.type!=`function`||r&&!t.props.__P);!r&&(i=t.__c)&&(i=i.__z)&&(a=ee(i,o=[]))&&(i==t.__e&&o.some(v),v(a),v(i)),r||v(t.__e),t.__e=t.__c=t.__=null}function ae(e,t,n){return this.constructor(e,n)}function I(t,n){var r,i,a,o;e.__&&e.__(t,n),n.nodeType==9&&(n=n.documentElement),i=(r=t&&32&t.__u)?null:n.__k,n.__k=y(b,{children:[t]}),a=[],o=[],P(n,n.__k,i||f,f,n.namespaceURI,i?null:n.firstChild?g.call(n.childNodes):null,a,i?i.__e:n.firstChild,r,o),ne(a,n.__k,o),n.__k.props.children=null}function L(e){function t(e){var n,r;return this.getChildContext||(n=new Set,(r={})[t.__c]=this,this.getChildContext=function(){return r},this.shouldComponentUpdate=function(e){this.props.value!=e.value&&n.forEach(function(e){e.__g|=4,T(e)})},this.sub=function(e){n.add(e);var t=e.componentWillUnmount;e.componentWillUnmount=function(){n.delete(e),t&&t.call(e)}}),e.children}return t.__c=`__cC`+u++,t.__=e,t.Provider=(t.Consumer=function(e,t){return e.children(t)}).contextType=t,t}e={__e:function(e,t,n,r){for(var a,o,s;t=t.__;)if((a=t.__c)&&!(1&a.__g)){a.__g|=4;try{if((s=(o=a.constructor)&&o.getDerivedStateFromError)&&a.setState(o.getDerivedStateFromError(e)),a.componentDidCatch&&(a.componentDidCatch(e,r||{}),s=1),s&&8&a.__g)return void(a.__g|=2)}catch(t){e=t}}throw i=0,e}},t=0,x.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=_({},this.state)),typeof e==`function`&&(e=e(_({},n),this.props)),e&&(_(n,e),this.__v&&(t&&this.__k.push(t),T(this)))},x.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),T(this))},x.prototype.render=b,n=[],i=0,a=function(e,t){return e.__v.__b-t.__v.__b},o=Symbol(),s=/(PointerCapture)$|Capture$/i,c=0,l={},u=0;async function oe(e){return typeof e==`string`?e:e.token()}var R=class extends Error{code;retryAfter;constructor(e,t,n=0){super(t),this.code=e,this.retryAfter=n}get passes(){return se.has(this.code)}get refusesCredential(){return this.code===`UNAUTHENTICATED`}},se=new Set([`NETWORK`,`UNAVAILABLE`,`TIMEOUT`,`INTERNAL`,`RATE_LIMITED`,`REQUEST_TIMEOUT`]),ce=15e3;async function le(e,t,n,r,i={}){let a=JSON.stringify({query:`${n}`,variables:r}),o=await oe(t);try{return await ue(e,o,a,i)}catch(n){if(typeof t==`string`||!(n instanceof R&&n.refusesCredential))throw n;t.drop(o);let r=await t.token();if(r!==o)return ue(e,r,a,i);throw t.end(n.message),n}}async function ue(e,t,n,r){let i=await de(e,t,n,r),a=1e3*Number(i.headers.get(`retry-after`)??0)||0,o=await i.json().catch(()=>null),s=o?.errors?.[0];if(s)throw new R(s.extensions?.code??`INTERNAL`,s.message,a);if(!o?.data)throw new R(i.status<500?`BAD_REQUEST`:`UNAVAILABLE`,i.statusText,a);return o.data}async function de(e,t,n,r){try{return await fetch(e,{method:`POST`,headers:{"content-type":`application/json`,accept:`application/graphql-response+json, application/json`,authorization:`Bearer ${t}`},body:n,credentials:`omit`,referrerPolicy:`no-referrer`,signal:AbortSignal.timeout(ce),...r})}catch(e){throw new R(`NETWORK`,String(e))}}var z=class extends String{__apiType;value;__meta__;constructor(e,t){super(e),this.value=e,this.__meta__=t}toString(){return this.value}},fe=new z(`
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
}`),pe=new z(`
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
}`),me=new z(`
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
      channel
      startedAt
    }
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}`),he=new z(`
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
}`),ge=new z(`
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
}`),_e=new z(`
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
}`),ve=new z(`
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
}`),ye=new z(`
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
}`),be=new z(`
    query Team {
  me {
    id
    name
    availability
  }
}
    `),xe=new z(`
    query Inbox($view: InboxView!, $after: String) {
  inbox(view: $view, first: 50, after: $after) {
    totalCount
    streamCursor
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
  createdAt
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
    lastMessageAt
    lastMessage {
      sequence
      text
      author {
        kind
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`),Se=new z(`
    subscription FollowInbox($view: InboxView!, $after: Cursor) {
  inbox(view: $view, after: $after) {
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
        text
        author {
          kind
          name
        }
      }
      conversation {
        id
        version
        lastMessageAt
      }
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  createdAt
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
    lastMessageAt
    lastMessage {
      sequence
      text
      author {
        kind
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`),Ce=new z(`
    query Thread($id: ID!) {
  conversation(id: $id) {
    id
    version
    streamCursor
    drafts {
      epoch
      text
      writtenAt
    }
    messages(last: 100) {
      nodes {
        ...ThreadMessage
      }
      pageInfo {
        hasPreviousPage
      }
    }
  }
}
    fragment ThreadMessage on Message {
  id
  sequence
  kind
  text
  sentAt
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
  }
}`),we=new z(`
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
    ... on ConversationChanged {
      conversation {
        drafts {
          epoch
          text
          writtenAt
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
    }
  }
}
    fragment ThreadMessage on Message {
  id
  sequence
  kind
  text
  sentAt
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
  }
}`),Te=new z(`
    mutation SetAvailability($input: SetAvailabilityInput!) {
  setAvailability(input: $input) {
    staff {
      id
      name
      availability
    }
    errors {
      code
      message
    }
  }
}
    `),Ee=new z(`
    mutation TakeTicket($input: TicketInput!) {
  takeTicket(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),De=new z(`
    mutation ReleaseTicket($input: TicketInput!) {
  releaseTicket(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),Oe=new z(`
    mutation ReturnToAgent($input: TicketInput!) {
  returnToAgent(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),ke=new z(`
    mutation CloseTicket($input: TicketInput!) {
  closeTicket(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),Ae=new z(`
    mutation MarkRead($input: TicketInput!) {
  markTicketRead(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),je=new z(`
    mutation Reply($input: ReplyToConversationInput!) {
  replyToConversation(input: $input) {
    message {
      ...ThreadMessage
    }
    errors {
      code
      message
      ... on StaleView {
        unseen {
          ...ThreadMessage
        }
      }
    }
  }
}
    fragment ThreadMessage on Message {
  id
  sequence
  kind
  text
  sentAt
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
  }
}`),Me=new z(`
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
    fragment ThreadMessage on Message {
  id
  sequence
  kind
  text
  sentAt
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
  }
}`),Ne=new z(`
    mutation StaffTyping($input: SetTypingInput!) {
  setTyping(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),Pe=new z(`
    mutation SignOut {
  signOut(input: {}) {
    errors {
      message
    }
  }
}
    `),Fe=new URL(`/graphql`,location.href).href,Ie=`/sign-in/token`,Le=`/sign-in/demo`,B=`baton:staff-key`,Re=6e4,ze=15e3,Be=class e{ended=()=>{};access={token:``,until:0};renewal=null;static async kept(){let t=new e;try{await t.token()}catch(e){if(!(e instanceof R&&e.passes))return null}return t}async token(){return Date.now()<this.access.until?this.access.token:(this.renewal??=this.renew().finally(()=>{this.renewal=null}),this.renewal)}drop(e){e===this.access.token&&(this.access={token:``,until:0})}end(e){this.ended(e)}async leave(){try{await le(Fe,this,Pe,{})}catch(e){if(!(e instanceof R&&e.refusesCredential))throw e}}async renew(){try{let e=await Ge(Ie,{method:`POST`}),{accessToken:t,expiresAt:n}=await e.json(),r=Date.parse(e.headers.get(`date`)??``)||Date.now();return this.access={token:t,until:Date.now()+Date.parse(n)-r-Re},t}catch(e){throw e instanceof R&&e.refusesCredential&&this.end(e.message),e}}},Ve=class e{key;ended=()=>{};constructor(e){this.key=e}static kept(){let t=sessionStorage.getItem(B);return t?new e(t):null}async token(){return this.key}drop(){}end(e){sessionStorage.removeItem(B),this.ended(e)}keep(){sessionStorage.setItem(B,this.key)}async leave(){sessionStorage.removeItem(B)}};async function He(e){await Ge(Le,{method:`POST`,headers:{"content-type":`application/json`},body:JSON.stringify({link:e})}),sessionStorage.removeItem(B)}async function Ue(){let{provider:e}=await(await Ge(Le,{})).json();return e&&`${e}?return_to=${encodeURIComponent(location.pathname+location.search)}`}function We(){let e=/^#sign-in=([\w-]+)$/.exec(location.hash)?.[1]??null;return e&&history.replaceState(history.state,``,location.pathname+location.search),e}async function Ge(e,t){let n;try{n=await fetch(e,{credentials:`same-origin`,referrerPolicy:`no-referrer`,signal:AbortSignal.timeout(ze),...t})}catch(e){throw new R(`NETWORK`,String(e))}if(n.ok)return n;let r=(await n.json().catch(()=>null))?.errors?.[0];throw new R(r?.extensions.code??(n.status<500?`BAD_REQUEST`:`UNAVAILABLE`),r?.message??n.statusText,1e3*Number(n.headers.get(`retry-after`)??0)||0)}var V,H,Ke,qe,Je=Object.is,U=0,Ye=[],Xe=[],W=e,Ze=W.__b,Qe=W.__r,$e=W.diffed,et=W.__c,tt=W.unmount,nt=W.__;function G(e,t){W.__h&&W.__h(H,e,U||t),U=0;var n=H.__H||(H.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function K(e){return U=1,rt(ht,e)}function rt(e,t,n){var r=G(V++,2);if(r.t=e,!r.__c&&(r.__=[n?n(t):ht(void 0,t),function(e){var t=(r.__N||r.__)[0],n=r.t(t,e);Je(t,n)||(r.__N=[n,r.__[1]],r.__c.setState({}))}],r.__c=H,!H.__f)){H.__f=!0;var i=H.shouldComponentUpdate;H.shouldComponentUpdate=function(e,t,n){var r=this.__H;if(!r)return!0;var a=!1,o=this.props!=e;if(r.__.some(function(e){e.__N&&(a=!0,Je(e.__[0],e.__N[0])||(o=!0))}),i){var s=i.call(this,e,t,n);return a?s||o:s}return!a||o}}return r.__}function it(e,t){var n=G(V++,3);!W.__s&&mt(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,H.__H.__h.push(n))}function at(e,t){var n=G(V++,4);!W.__s&&mt(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,H.__h.push(n))}function ot(e){return U=5,st(function(){return{current:e}},[])}function st(e,t){var n=G(V++,7);return mt(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function ct(e){var t=H.context[e.__c],n=G(V++,9);return n.c=e,t?(n.__??(n.__=!0,t.sub(H)),t.props.value):e.__}function lt(){var e;do{for(;e=Xe.shift();)try{q(e)}catch(t){W.__e(t,{__:(e=e.__P)&&e.__v})}for(;e=Ye.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(q),t.__h.some(pt),t.__h=[]}catch(n){t.__h=[],W.__e(n,e.__v)}}}while(Xe.length)}W.__b=function(e){H=null,Ze&&Ze(e)},W.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),nt&&nt(e,t)},W.__r=function(e){Qe&&Qe(e),V=0;var t=(H=e.__c).__H;t&&(Ke==H?H.__h=[]:(t.__h.some(q),t.__h.some(pt),V=0),t.__h=[],t.__.some(function(e){e.__N&&(e.__=e.__N),e.u=e.__N=void 0})),Ke=H},W.diffed=function(e){$e&&$e(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&ft(Ye.push(t)),t.__H.__.some(function(e){e.u&&(e.__H=e.u)})),Ke=H=null},W.__c=function(e,t){t.some(function(e){try{e.__h.some(q),e.__h=e.__h.filter(function(e){return!e.__||pt(e)})}catch(t){e.__h=[function(){throw t}]}}),et&&et(e,t)},W.unmount=function(e){tt&&tt(e);var t,n,r=e.__c;r&&r.__H&&(r.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n&&=n.__c}r.__P=n,ft(Xe.push(r))}else q(r)}catch(e){t=e}}),r.__H=void 0,t&&W.__e(t,r.__v))};var ut=typeof requestAnimationFrame==`function`;function dt(e){var t,n=function(){clearTimeout(r),ut&&cancelAnimationFrame(t),setTimeout(e)},r=setTimeout(n,35);ut&&(t=requestAnimationFrame(n))}function ft(e){e!=1&&qe==W.requestAnimationFrame||((qe=W.requestAnimationFrame)||dt)(lt)}function q(e){var t=H,n=e.__c;typeof n==`function`&&(e.__c=void 0,n()),H=t}function pt(e){var t=H;e.__c=e.__(),H=t}function mt(e,t){return!e||e.length!=t.length||t.some(function(t,n){return!Je(t,e[n])})}function ht(e,t){return typeof t==`function`?t(e):t}function gt(e){return new Promise(t=>{let n=()=>{clearTimeout(i),removeEventListener(`online`,n),document.removeEventListener(`visibilitychange`,r),t()},r=()=>{document.hidden||n()},i=setTimeout(n,e);addEventListener(`online`,n),document.addEventListener(`visibilitychange`,r)})}function _t(e){return Math.min(1e3*2**Math.min(e,10),3e4)*(.5+Math.random()/2)}var vt=Symbol.for(`pv`),yt=0;Array.isArray;function J(t,n,r,i,a,o){n||={};var s,c,l=n;if(`ref`in l&&typeof t!=`function`)for(c in l={},n)c==`ref`?s=n[c]:l[c]=n[c];var u={type:t,props:l,key:r,ref:s,__k:null,__:null,__b:0,__e:null,__c:null,constructor:vt,__v:--yt,__i:-1,__u:0};return(a||o)&&(u.__source=a,u.__self=o),e.vnode&&e.vnode(u),u}var bt=`Signing in …`,xt=`baton:sign-in-notice`;function St({title:e,open:t,children:n}){let[r,i]=K(null),[a,o]=K({busy:bt,problem:Et()}),s=async e=>{for(let n=0;;n++)try{let n=await t(e);return e instanceof Ve&&e.keep(),e.ended=Tt,i({page:n,credential:e})}catch(e){if(!(e instanceof R&&e.passes))throw e;o(e=>({...e,busy:`No connection. Trying again.`})),await gt(Math.max(e.retryAfter,_t(n)))}},c=async e=>{o({busy:bt,problem:``});let t=new Ve(e);await s(t).catch(async e=>{await t.leave(),o({busy:``,problem:Dt(e)})})},l=async e=>{e.ended=()=>{};for(let t=0;;t++)try{return await e.leave(),location.reload()}catch(e){i(null),o({busy:`Signing out. No connection, trying again.`,problem:``}),await gt(Math.max(e instanceof R?e.retryAfter:0,_t(t)))}};if(it(()=>{Ct(s).then(e=>e&&o(t=>({busy:``,...e,problem:e.problem||t.problem})))},[]),r)return J(b,{children:n(r.page,()=>void l(r.credential))});let{held:u,...d}=a;return J(wt,{title:e,...d,enter:e=>void c(e),leave:u&&(()=>void l(u))})}async function Ct(e){let t=``,n=We();n&&await He(n).catch(e=>{t=Dt(e)});for(let n of[Ve.kept(),await Be.kept()])try{if(!n)continue;return await e(n),null}catch(e){if(t||=Dt(e),n instanceof Be)return{problem:t,held:n};await n?.leave()}return{problem:t}}function wt({title:e,busy:t,problem:n,enter:r,leave:i}){let[a,o]=K(``),[s,c]=K(null),l=ot(null);return it(()=>{Ue().then(c,()=>{})},[]),it(()=>{t||l.current?.focus()},[t]),t?J(`main`,{class:`door`,children:[J(`h1`,{children:e}),J(`p`,{role:`status`,children:t})]}):J(`main`,{class:`door card`,children:[J(`h1`,{children:e}),s&&J(`a`,{class:`button primary`,href:s,children:`Sign in with your company's account`}),J(`form`,{onSubmit:e=>{e.preventDefault(),a.trim()&&r(a.trim())},children:[J(`label`,{for:`key`,children:`Key of a member of staff`}),J(`input`,{ref:l,id:`key`,type:`password`,autocomplete:`off`,required:!0,value:a,onInput:e=>o(e.currentTarget.value),"aria-describedby":`help problem`}),J(`p`,{id:`problem`,role:`alert`,children:n}),J(`button`,{class:s?void 0:`primary`,children:`Sign in`})]}),i&&J(`button`,{type:`button`,class:`quiet`,onClick:i,children:`Sign out`}),J(`p`,{id:`help`,children:[`For the demo account: open the link that `,J(`code`,{children:`make run`}),` prints, or get a new one with `,J(`code`,{children:`.venv/bin/baton demo --link`}),`. Its key is `,J(`code`,{children:`ownerKey`}),` in `,J(`code`,{children:`.baton/credentials.json`}),`. A key stays in this tab.`]})]})}function Tt(e){sessionStorage.setItem(xt,e),location.reload()}function Et(){let e=sessionStorage.getItem(xt)??``;return sessionStorage.removeItem(xt),e}function Dt(e){return e instanceof Error?e.message:String(e)}function Y(e){return e===null?`null`:Array.isArray(e)?`array`:typeof e}function X(e){return Y(e)===`object`}function Ot(e){return Array.isArray(e)&&e.length>0&&e.every(e=>`message`in e)}function kt(e,t){return e.length<124?e:t}var Z=(e=>(e[e.InternalServerError=4500]=`InternalServerError`,e[e.InternalClientError=4005]=`InternalClientError`,e[e.BadRequest=4400]=`BadRequest`,e[e.BadResponse=4004]=`BadResponse`,e[e.Unauthorized=4401]=`Unauthorized`,e[e.Forbidden=4403]=`Forbidden`,e[e.SubprotocolNotAcceptable=4406]=`SubprotocolNotAcceptable`,e[e.ConnectionInitialisationTimeout=4408]=`ConnectionInitialisationTimeout`,e[e.ConnectionAcknowledgementTimeout=4504]=`ConnectionAcknowledgementTimeout`,e[e.SubscriberAlreadyExists=4409]=`SubscriberAlreadyExists`,e[e.TooManyInitialisationRequests=4429]=`TooManyInitialisationRequests`,e))(Z||{}),Q=(e=>(e.ConnectionInit=`connection_init`,e.ConnectionAck=`connection_ack`,e.Ping=`ping`,e.Pong=`pong`,e.Subscribe=`subscribe`,e.Next=`next`,e.Error=`error`,e.Complete=`complete`,e))(Q||{});function At(e){if(!X(e))throw Error(`Message is expected to be an object, but got ${Y(e)}`);if(!e.type)throw Error(`Message is missing the 'type' property`);if(typeof e.type!=`string`)throw Error(`Message is expects the 'type' property to be a string, but got ${Y(e.type)}`);switch(e.type){case`connection_init`:case`connection_ack`:case`ping`:case`pong`:if(e.payload!=null&&!X(e.payload))throw Error(`"${e.type}" message expects the 'payload' property to be an object or nullish or missing, but got "${e.payload}"`);break;case`subscribe`:if(typeof e.id!=`string`)throw Error(`"${e.type}" message expects the 'id' property to be a string, but got ${Y(e.id)}`);if(!e.id)throw Error(`"${e.type}" message requires a non-empty 'id' property`);if(!X(e.payload))throw Error(`"${e.type}" message expects the 'payload' property to be an object, but got ${Y(e.payload)}`);if(typeof e.payload.query!=`string`)throw Error(`"${e.type}" message payload expects the 'query' property to be a string, but got ${Y(e.payload.query)}`);if(e.payload.variables!=null&&!X(e.payload.variables))throw Error(`"${e.type}" message payload expects the 'variables' property to be a an object or nullish or missing, but got ${Y(e.payload.variables)}`);if(e.payload.operationName!=null&&Y(e.payload.operationName)!==`string`)throw Error(`"${e.type}" message payload expects the 'operationName' property to be a string or nullish or missing, but got ${Y(e.payload.operationName)}`);if(e.payload.extensions!=null&&!X(e.payload.extensions))throw Error(`"${e.type}" message payload expects the 'extensions' property to be a an object or nullish or missing, but got ${Y(e.payload.extensions)}`);break;case`next`:if(typeof e.id!=`string`)throw Error(`"${e.type}" message expects the 'id' property to be a string, but got ${Y(e.id)}`);if(!e.id)throw Error(`"${e.type}" message requires a non-empty 'id' property`);if(!X(e.payload))throw Error(`"${e.type}" message expects the 'payload' property to be an object, but got ${Y(e.payload)}`);break;case`error`:if(typeof e.id!=`string`)throw Error(`"${e.type}" message expects the 'id' property to be a string, but got ${Y(e.id)}`);if(!e.id)throw Error(`"${e.type}" message requires a non-empty 'id' property`);if(!Ot(e.payload))throw Error(`"${e.type}" message expects the 'payload' property to be an array of GraphQL errors, but got ${JSON.stringify(e.payload)}`);break;case`complete`:if(typeof e.id!=`string`)throw Error(`"${e.type}" message expects the 'id' property to be a string, but got ${Y(e.id)}`);if(!e.id)throw Error(`"${e.type}" message requires a non-empty 'id' property`);break;default:throw Error(`Invalid message 'type' property "${e.type}"`)}return e}function jt(e,t){return At(typeof e==`string`?JSON.parse(e,t):e)}function $(e,t){return At(e),JSON.stringify(e,t)}function Mt(e){let{url:t,connectionParams:n,lazy:r=!0,onNonLazyError:i=console.error,lazyCloseTimeout:a=0,keepAlive:o=0,disablePong:s,connectionAckWaitTimeout:c=0,retryAttempts:l=5,retryWait:u=async function(e){let t=2**e;await new Promise(e=>setTimeout(e,t*1e3+Math.floor(Math.random()*2700+300)))},shouldRetry:d=Pt,on:f,webSocketImpl:p,generateID:m=function(){return`xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx`.replace(/[xy]/g,e=>{let t=Math.random()*16|0;return(e==`x`?t:t&3|8).toString(16)})},jsonMessageReplacer:h,jsonMessageReviver:g}=e,_;if(p){if(!It(p))throw Error(`Invalid WebSocket implementation provided`);_=p}else typeof WebSocket<`u`?_=WebSocket:typeof global<`u`?_=global.WebSocket||global.MozWebSocket:typeof window<`u`&&(_=window.WebSocket||window.MozWebSocket);if(!_)throw Error("WebSocket implementation missing; on Node you can `import WebSocket from 'ws';` and pass `webSocketImpl: WebSocket` to `createClient`");let v=_,y=(()=>{let e=(()=>{let e={};return{on(t,n){return e[t]=n,()=>{delete e[t]}},emit(t){`id`in t&&e[t.id]?.(t)}}})(),t={connecting:f?.connecting?[f.connecting]:[],opened:f?.opened?[f.opened]:[],connected:f?.connected?[f.connected]:[],ping:f?.ping?[f.ping]:[],pong:f?.pong?[f.pong]:[],message:f?.message?[e.emit,f.message]:[e.emit],closed:f?.closed?[f.closed]:[],error:f?.error?[f.error]:[]};return{onMessage:e.on,on(e,n){let r=t[e];return r.push(n),()=>{let e=r.indexOf(n);e>-1&&r.splice(e,1)}},emit(e,...n){for(let r of[...t[e]])r(...n)}}})();function b(e){let t=[y.on(`error`,n=>{t.forEach(e=>e()),e(n)}),y.on(`closed`,n=>{t.forEach(e=>e()),e(n)})];return()=>t.forEach(e=>e())}let x,S=0,C,w=!1,T=0,E=!1;async function D(){clearTimeout(C);let[e,r]=await(x??=new Promise((e,r)=>(async()=>{if(w){if(await u(T),!S)return x=void 0,r({code:1e3,reason:`All Subscriptions Gone`});T++}y.emit(`connecting`,w);let i=new v(typeof t==`function`?await t():t,`graphql-transport-ws`),a,l;function d(){isFinite(o)&&o>0&&(clearTimeout(l),l=setTimeout(()=>{i.readyState===v.OPEN&&(i.send($({type:Q.Ping})),y.emit(`ping`,!1,void 0))},o))}b(e=>{x=void 0,clearTimeout(a),clearTimeout(l),r(e),e instanceof Nt&&(i.close(4499,`Terminated`),i.onerror=null,i.onclose=null)}),i.onerror=e=>y.emit(`error`,e),i.onclose=e=>y.emit(`closed`,e),i.onopen=async()=>{try{y.emit(`opened`,i);let e=typeof n==`function`?await n():n;if(i.readyState!==v.OPEN)return;i.send($(e?{type:Q.ConnectionInit,payload:e}:{type:Q.ConnectionInit},h)),isFinite(c)&&c>0&&(a=setTimeout(()=>{i.close(Z.ConnectionAcknowledgementTimeout,`Connection acknowledgement timeout`)},c)),d()}catch(e){y.emit(`error`,e),i.close(Z.InternalClientError,kt(e instanceof Error?e.message:String(e),`Internal client error`))}};let f=!1;i.onmessage=({data:t})=>{try{let n=jt(t,g);if(y.emit(`message`,n),n.type===`ping`||n.type===`pong`){y.emit(n.type,!0,n.payload),n.type===`pong`?d():s||(i.send($(n.payload?{type:Q.Pong,payload:n.payload}:{type:Q.Pong},h)),y.emit(`pong`,!1,n.payload));return}if(f)return;if(n.type!==Q.ConnectionAck)throw Error(`First message cannot be of type ${n.type}`);clearTimeout(a),f=!0,y.emit(`connected`,i,n.payload,w),w=!1,T=0;let r=new Promise((e,t)=>b(t));r.catch(()=>{}),e([i,r])}catch(e){i.onmessage=null,y.emit(`error`,e),i.close(Z.BadResponse,kt(e instanceof Error?e.message:String(e),`Bad response`))}}})()));e.readyState===v.CLOSING&&await r;let i=()=>{},l=new Promise(e=>i=e);return[e,i,new Promise((t,n)=>{let i=b(n);e.readyState!==v.OPEN&&r.catch(n),l.then(()=>{if(i(),!S){let t=()=>e.close(1e3,`Normal Closure`);isFinite(a)&&a>0?(clearTimeout(C),C=setTimeout(()=>{!S&&e.readyState===v.OPEN&&t()},a)):t()}t()})})]}function O(e){if(Pt(e)&&(Ft(e.code)||[Z.InternalServerError,Z.InternalClientError,Z.BadRequest,Z.BadResponse,Z.Unauthorized,Z.SubprotocolNotAcceptable,Z.SubscriberAlreadyExists,Z.TooManyInitialisationRequests].includes(e.code)))throw e;if(E)return!1;if(Pt(e)&&e.code===1e3)return S>0;if(!l||T>=l||!d(e))throw e;return w=!0}r||(async()=>{for(S++;;)try{let[,,e]=await D();await e}catch(e){try{if(!O(e))return}catch(e){return i?.(e)}}})();function k(e,t){let n=m(e),r=!1,i=!1,a=()=>{S--,r=!0};return(async()=>{for(S++;;)try{let[o,s,c]=await D();if(r)return c.catch(()=>{}),s();let l=y.onMessage(n,e=>{switch(e.type){case Q.Next:t.next(e.payload);return;case Q.Error:i=!0,r=!0,t.error(e.payload),a();return;case Q.Complete:r=!0,a();return}});o.send($({id:n,type:Q.Subscribe,payload:e},h)),a=()=>{!r&&o.readyState===v.OPEN&&o.send($({id:n,type:Q.Complete},h)),S--,r=!0,s()},await c.finally(l);return}catch(e){if(!O(e))return}})().then(()=>{i||t.complete()}).catch(e=>{t.error(e)}),()=>{r||a()}}return{on:y.on,subscribe:k,iterate(e){let t=[],n={done:!1,error:null,resolve:()=>{}},r=k(e,{next(e){t.push(e),n.resolve()},error(e){n.done=!0,n.error=e,n.resolve()},complete(){n.done=!0,n.resolve()}}),i=async function*(){for(;;){for(t.length||await new Promise(e=>n.resolve=e);t.length;)yield t.shift();if(n.error)throw n.error;if(n.done)return}}();return i.throw=async e=>(n.done||(n.done=!0,n.error=e,n.resolve()),{done:!0,value:void 0}),i.return=async()=>(r(),{done:!0,value:void 0}),i},async dispose(){if(E=!0,x){let[e]=await x;e.close(1e3,`Normal Closure`)}},terminate(){x&&y.emit(`closed`,new Nt)}}}var Nt=class extends Error{name=`TerminatedCloseEvent`;message=`4499: Terminated`;code=4499;reason=`Terminated`;wasClean=!1};function Pt(e){return X(e)&&`code`in e&&`reason`in e}function Ft(e){return![1e3,1001,1006,1005,1012,1013,1014].includes(e)&&e>=1e3&&e<=1999}function It(e){return typeof e==`function`&&`constructor`in e&&`CLOSED`in e&&`CLOSING`in e&&`CONNECTING`in e&&`OPEN`in e}var Lt=12e3,Rt=8e3;function zt(e,t,n,r,i){let a,o,s=Date.now(),c=``,l=!1,u=Mt({url:e.replace(/^http/,`ws`),connectionParams:async()=>(c=await oe(t),{authorization:`Bearer ${c}`,resume:a}),shouldRetry:()=>!0,retryAttempts:1/0,retryWait:e=>gt(_t(e)),keepAlive:Lt,connectionAckWaitTimeout:Lt,on:{connected:()=>i.connected(!0),closed:e=>{clearTimeout(o),l||(i.connected(!1),e.code===4403&&(typeof t!=`string`&&t.drop(c),i.refused()))},message:e=>{s=Date.now(),e.type===`next`&&(a=Bt(e.payload.extensions)??a)},ping:(e,t)=>{e?a=t?.cursor??a:o=setTimeout(()=>u.terminate(),Rt)},pong:e=>{e&&clearTimeout(o)}}}),d=u.subscribe({query:`${n}`,variables:r},{next:({data:e,errors:t})=>{e?i.next(e):i.failed(t)},error:e=>{l||i.failed(e)},complete:()=>{}}),f=()=>{!window.document.hidden&&Date.now()-s>2e4&&u.terminate()};return addEventListener(`online`,f),window.document.addEventListener(`visibilitychange`,f),()=>{l=!0,removeEventListener(`online`,f),window.document.removeEventListener(`visibilitychange`,f),clearTimeout(o),d(),u.dispose()}}function Bt(e){return e?.stream?.cursor}var Vt=/\[([^\]\n]{1,200})\]\(((?:https?:\/\/|mailto:|tel:)[^\s()<>]{1,2000})\)/,Ht=/https?:\/\/[^\s<>"]{1,2000}|(?:mailto:|tel:)[^\s<>"]{1,300}/,Ut=RegExp(`${Vt.source}|${Ht.source}`,`g`),Wt=new RegExp(Ht.source,`g`),Gt=new Set([`http:`,`https:`,`mailto:`,`tel:`]),Kt=/[.,;:!?'"’”»)\]}]+$/;function qt(e,t){let n=[],r=0;for(let i of e.matchAll(t?Ut:Wt)){let a=t&&i[2]!==void 0,o=a?i[0]:Yt(i[0]),s=Jt(a?i[2]:o);if(!s)continue;i.index>r&&n.push({text:e.slice(r,i.index)});let c=a&&!/^\s*(?:https?:|www\.)/i.test(i[1])?i[1]:s;n.push({text:a?c:o,href:s}),r=i.index+o.length}return r<e.length&&n.push({text:e.slice(r)}),n}function Jt(e){try{let t=new URL(e??``);return Gt.has(t.protocol)&&!t.username?t.href:void 0}catch{return}}function Yt(e){let t=e.replace(Kt,``);for(;Xt(t,`(`)>Xt(t,`)`)&&e[t.length]===`)`;)t+=`)`;return t}function Xt(e,t){return e.split(t).length-1}function Zt({text:e,labels:t=!1}){return J(`p`,{class:`text`,dir:`auto`,children:qt(e,t).map(e=>e.href?J(`a`,{href:e.href,target:`_blank`,rel:`noopener noreferrer nofollow`,title:e.href,children:e.text}):e.text)})}export{me as A,b as B,he as C,De as D,Me as E,Ce as F,L as H,ve as I,R as L,Ne as M,Ee as N,je as O,be as P,le as R,ye as S,Ae as T,I as V,fe as _,J as a,ge as b,it as c,K as d,ct as f,pe as g,ke as h,St as i,Te as j,Oe as k,at as l,Fe as m,Jt as n,_t as o,st as p,zt as r,gt as s,Zt as t,ot as u,_e as v,xe as w,we as x,Se as y,oe as z};